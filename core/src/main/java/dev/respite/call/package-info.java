/**
 * Uses of {@link dev.respite.Retry}: {@link dev.respite.call.CallResult results} with their history and fallbacks, and {@link
 * dev.respite.call.Polling polling}. The policy of a {@link dev.respite.call.RetryHandle handle} can be replaced. An operation
 * forbids its repetition by a {@link dev.respite.call.RepeatGuard guard}. The package uses the public methods of the engine
 * only.
 *
 * <p>Start with {@link dev.respite.call.CallResult}.
 */
@NullMarked
package dev.respite.call;

import org.jspecify.annotations.NullMarked;
