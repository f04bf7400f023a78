/**
 * Time, waiting, threads and random draws: the one seam to the world.
 *
 * <p>The way in is {@link dev.respite.time.TimeSource}, with {@link dev.respite.time.VirtualTime} for tests.
 */
@NullMarked
package dev.respite.time;

import org.jspecify.annotations.NullMarked;
