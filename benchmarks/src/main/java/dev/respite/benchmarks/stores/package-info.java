/**
 * Executes and replays in each store, beside the least that the same store would have to do.
 *
 * <p>The way in is {@link dev.respite.benchmarks.stores.Stores}: {@code bin/bench --stores}.
 */
@NullMarked
package dev.respite.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
