/**
 * What Respite costs, and its peers beside it in the same run. {@code bin/bench} at the root builds and runs everything;
 * {@link dev.respite.benchmarks.Bench} is the way in.
 */
@NullMarked
package dev.respite.benchmarks;

import org.jspecify.annotations.NullMarked;
