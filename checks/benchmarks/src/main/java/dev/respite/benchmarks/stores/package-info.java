/**
 * Executions and replays in each store, beside the necessary work of the same store: {@code bin/bench --stores}.
 *
 * <p>Start with {@link dev.respite.benchmarks.stores.Stores}.
 */
@NullMarked
package dev.respite.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
