/**
 * Retries for Reactor's {@link reactor.core.publisher.Mono} and {@link reactor.core.publisher.Flux}.
 *
 * <p>The way in is {@link dev.respite.reactor.ReactorRetry}; with {@link dev.respite.reactor.SchedulerTime} everything runs
 * on a Reactor scheduler, and on its virtual time in tests.
 */
@NullMarked
package dev.respite.reactor;

import org.jspecify.annotations.NullMarked;
