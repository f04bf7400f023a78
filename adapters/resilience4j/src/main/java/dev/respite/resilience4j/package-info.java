/**
 * Resilience4j's circuit breaker, inside a retry.
 *
 * <p>Start with {@link dev.respite.resilience4j.Resilience4jBreaker}, and pass it to {@link dev.respite.BreakerPerAttempt}.
 */
@NullMarked
package dev.respite.resilience4j;

import org.jspecify.annotations.NullMarked;
