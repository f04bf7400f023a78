package dev.respite.kotlin

import dev.respite.Retry
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Collects this flow again when it fails, as the retry's policy decides. Each collector makes a call of its own.
 *
 * ```
 * service.quotes("ACME").retrying(retry).collect { println(it) }
 * ```
 *
 * What the collector has received is not delivered again: a failure after the first element ends the call with the stop reason
 * [PARTLY_DELIVERED][dev.respite.outcome.StopReason.PARTLY_DELIVERED]. With [redeliver] the flow is collected again in that case
 * too, from its beginning, and the collector receives the elements of all attempts.
 *
 * A failure of the collector, or of an operator below this one, is not retried and passes through unmodified. A collector that has
 * enough, as that of `first` or `take`, ends the call with the stop reason
 * [CANCELLED][dev.respite.outcome.StopReason.CANCELLED].
 *
 * An attempt succeeds when the flow completes; no element is judged. So the policy's timeouts are those of whole flows, the
 * collector's work included: one that goes on for long needs `total-timeout=off`, for the default ends it after 30 seconds.
 *
 * Each attempt collects this flow in a coroutine beside that of the collector, in its dispatcher and with its context. It emits an
 * element, and goes on when the collector has dealt with it. Otherwise the attempts are those of [suspending].
 *
 * @param retry the policy, the budget, the time and the listeners
 * @param redeliver whether the collector may receive again what it has received
 * @param T the type of the elements
 * @return the elements of this flow, and the failure of the last attempt as it was
 */
public fun <T> Flow<T>.retrying(retry: Retry, redeliver: Boolean = false): Flow<T> = flow {
    FlowCall(this@retrying, retry, redeliver).collect(this)
}
