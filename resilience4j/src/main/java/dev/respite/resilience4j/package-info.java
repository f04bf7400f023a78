/**
 * Resilience4j's circuit breaker, inside a retry or around it.
 *
 * <p>The way in is {@link dev.respite.resilience4j.Resilience4jBreaker}, which is given to {@link
 * dev.respite.BreakerPerAttempt} or {@link dev.respite.BreakerPerCall}.
 */
@NullMarked
package dev.respite.resilience4j;

import org.jspecify.annotations.NullMarked;
