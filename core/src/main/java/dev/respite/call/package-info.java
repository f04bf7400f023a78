/**
 * What callers of {@link dev.respite.Retry} build on it: {@link dev.respite.call.CallResult results} with their history and
 * fallbacks, {@link dev.respite.call.Polling polling}, and a
 * {@link dev.respite.call.RetryHandle handle} whose policy can be replaced. An operation forbids its repetition by a
 * {@link dev.respite.call.RepeatGuard guard}. The package uses the public methods of the engine only.
 *
 * <p>Start with {@link dev.respite.call.CallResult}.
 */
@NullMarked
package dev.respite.call;

import org.jspecify.annotations.NullMarked;
