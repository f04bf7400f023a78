/**
 * Durable calls beside the scheduler that they run on.
 *
 * <p>The way in is {@link dev.respite.benchmarks.durable.DurableThroughput}: {@code bin/bench --durable}.
 */
@NullMarked
package dev.respite.benchmarks.durable;

import org.jspecify.annotations.NullMarked;
