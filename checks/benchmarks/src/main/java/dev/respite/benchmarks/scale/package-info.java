/**
 * Heap, lateness and time of a million calls that wait for a retry at once, for Respite, its peers and a floor: {@code bin/bench
 * --scale}.
 *
 * <p>Start with {@link dev.respite.benchmarks.scale.Scale}.
 */
@NullMarked
package dev.respite.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
