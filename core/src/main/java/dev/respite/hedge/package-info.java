/**
 * Hedging: a second attempt beside a slow one, for operations that are idempotent.
 *
 * <p>Start with {@link dev.respite.hedge.Hedge}.
 */
@NullMarked
package dev.respite.hedge;

import org.jspecify.annotations.NullMarked;
