/**
 * The cost of Respite and of its peers, in the same run: {@code bin/bench}.
 *
 * <p>Start with {@link dev.respite.benchmarks.Bench}.
 */
@NullMarked
package dev.respite.benchmarks;

import org.jspecify.annotations.NullMarked;
