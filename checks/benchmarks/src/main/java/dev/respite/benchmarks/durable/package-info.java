/**
 * Durable calls beside the scheduler that they run on: {@code bin/bench --durable}.
 *
 * <p>Start with {@link dev.respite.benchmarks.durable.DurableThroughput}.
 */
@NullMarked
package dev.respite.benchmarks.durable;

import org.jspecify.annotations.NullMarked;
