/**
 * Time, waiting, threads and random numbers: the only way in which the engine depends on its environment.
 *
 * <p>Start with {@link dev.respite.time.TimeSource}; tests use {@link dev.respite.time.VirtualTime}.
 */
@NullMarked
package dev.respite.time;

import org.jspecify.annotations.NullMarked;
