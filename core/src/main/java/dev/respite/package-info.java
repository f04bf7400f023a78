/**
 * Retries that carry a call through a transient failure, within a budget that limits them in an outage.
 *
 * <p>Start with {@link dev.respite.Retry}: it runs operations under a {@link dev.respite.policy.RetryPolicy}.
 */
@NullMarked
package dev.respite;

import org.jspecify.annotations.NullMarked;
