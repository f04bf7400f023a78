@file:JvmMultifileClass
@file:JvmName("RespiteKt")

package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.Classifier
import dev.respite.outcome.Outcome
import dev.respite.outcome.StopReason
import dev.respite.outcome.Verdict
import kotlin.concurrent.Volatile
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch

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
 * enough, such as the collector of `first` or `take`, ends the call with the stop reason
 * [CANCELLED][dev.respite.outcome.StopReason.CANCELLED].
 *
 * An attempt succeeds when the flow completes; no element is judged. So the timeouts of the policy apply to whole flows, with the
 * work of the collector. A long flow needs `total-timeout=off`, since the default ends it after 30 seconds.
 *
 * Each attempt collects this flow in a coroutine beside the collector, in its dispatcher and with its context. It emits an
 * element, and goes on when the collector has dealt with it. Otherwise the attempts are the same as for [suspending].
 *
 * @param retry the policy, the budget, the time and the listeners
 * @param redeliver whether the collector may receive again what it has received
 * @param T the type of the elements
 * @return the elements of this flow, and the failure of the last attempt as it was
 */
public fun <T> Flow<T>.retrying(retry: Retry, redeliver: Boolean = false): Flow<T> = flow {
    FlowCall(this@retrying, retry, redeliver).collect(this)
}

/**
 * One call, made for one collector of a flow: its attempts hand their elements to that collector.
 *
 * The attempts run in a coroutine beside the collector's. So the collector emits in its own context, as a flow must; its failures
 * are no failures of an attempt; and an attempt can be cancelled without the collector. No exception passes from one to the
 * other: kotlinx.coroutines would copy it.
 */
private class FlowCall<T>(private val upstream: Flow<T>, private val retry: Retry, private val redeliver: Boolean) : Classifier {

    private val failures = retry.policy().classifier()
    private val elements = Channel<Element<T>>(Channel.RENDEZVOUS)

    @Volatile
    private var delivered = false

    private class Element<T>(val value: T) {
        /** Complete when the collector has dealt with the element. */
        val collected = CompletableDeferred<Unit>()
    }

    suspend fun collect(collector: FlowCollector<T>) {
        var ofCollector: Throwable? = null
        var ofUpstream: Throwable? = null
        coroutineScope {
            val call = launch(start = CoroutineStart.UNDISPATCHED) { ofUpstream = failureOfCall() }
            ofCollector = failureOf { emitAll(collector) }
            if (ofCollector != null) {
                call.cancel()
            }
        }
        (ofCollector ?: ofUpstream)?.let { throw it }
    }

    private suspend fun failureOfCall(): Throwable? =
        try {
            failureOf { retry.withDriverClassifier(this).suspending { upstream.collect { hand(it) } } }
        } finally {
            elements.close()
        }

    /** Hands an element over, and waits for the collector to have dealt with it. */
    private suspend fun hand(value: T) {
        val element = Element(value)
        delivered = true
        elements.send(element)
        element.collected.await()
    }

    private suspend fun emitAll(collector: FlowCollector<T>) {
        for (element in elements) {
            collector.emit(element.value)
            element.collected.complete(Unit)
        }
    }

    private suspend fun failureOf(work: suspend () -> Unit): Throwable? =
        try {
            work()
            null
        } catch (failure: Throwable) {
            failure
        }

    override fun classify(outcome: Outcome<*>): Verdict {
        if (outcome is Outcome.Success) {
            return Verdict.accept()
        }
        val verdict = failures.classify(outcome)
        return if (verdict is Verdict.Transient && delivered && !redeliver) {
            Verdict.fatal(StopReason.PARTLY_DELIVERED, verdict.kind())
        } else {
            verdict
        }
    }

    /** A flow has no value that could be judged; its completion is a success. */
    override fun judgesValues(): Boolean = false
}
