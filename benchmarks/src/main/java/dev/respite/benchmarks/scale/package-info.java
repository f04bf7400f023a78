/**
 * How many calls can wait for a retry at once: heap, lateness and time of a million of them, for Respite, its peers and
 * the least that it can cost. {@code bin/bench --scale} builds and runs it; {@link dev.respite.benchmarks.scale.Scale} is
 * the way in.
 */
@NullMarked
package dev.respite.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
