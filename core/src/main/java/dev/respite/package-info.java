/**
 * Retries that carry a call through a transient failure and cannot make an outage worse.
 *
 * <p>Start with {@link dev.respite.Retry}: it runs operations under a {@link dev.respite.policy.RetryPolicy}.
 */
@NullMarked
package dev.respite;

import org.jspecify.annotations.NullMarked;
