/**
 * Retries for Reactor's {@link reactor.core.publisher.Mono} and {@link reactor.core.publisher.Flux}.
 *
 * <p>Start with {@link dev.respite.reactor.ReactorRetry}. With {@link dev.respite.reactor.SchedulerTime} everything runs on a
 * Reactor scheduler, and on its virtual time in tests.
 */
@NullMarked
package dev.respite.reactor;

import org.jspecify.annotations.NullMarked;
