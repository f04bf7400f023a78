@file:JvmMultifileClass
@file:JvmName("RespiteKt")

package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.Classifier
import dev.respite.outcome.Outcome
import dev.respite.outcome.StopReason
import dev.respite.outcome.Verdict
import dev.respite.policy.Limits
import dev.respite.time.TimeSource
import kotlin.concurrent.Volatile
import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext

/**
 * Collects this flow again when it fails, as the retry's policy decides. Each collector makes a call of its own.
 *
 * ```
 * service.quotes("ACME").retrying(retry).collect { println(it) }
 * ```
 *
 * What the collector has received is not delivered again. A failure after the first element ends the call with the stop reason
 * [PARTLY_DELIVERED][dev.respite.outcome.StopReason.PARTLY_DELIVERED]. With [redeliver] the flow is collected again in that case
 * too, from its beginning, and the collector receives the elements of all attempts.
 *
 * A failure of the collector, or of an operator below this one, is not retried and passes through unmodified. A collector that has
 * enough, such as the collector of `first` or `take`, ends the call with the stop reason
 * [CANCELLED][dev.respite.outcome.StopReason.CANCELLED].
 *
 * An attempt succeeds when the flow completes; no element is judged. So the timeouts of the policy apply to whole flows, with the
 * work of the collector. A long flow needs [resetAfter] or `total-timeout=off`, since the default ends it after 30 seconds.
 *
 * With [resetAfter] a flow that has emitted elements for this time ends its call with success, and the next call begins, with the
 * running flow as its first attempt. So attempts, delays and timeouts begin anew, again and again; the budget does not. The time is
 * counted from the first element of an attempt, and a call begins anew at an element. A flow that emits nothing begins no new call,
 * and the timeouts of the policy end it.
 *
 * Each attempt collects this flow in a coroutine beside the collector, in its dispatcher and with its context. It emits an
 * element, and goes on when the collector has dealt with it. Otherwise the attempts are the same as for [suspending].
 *
 * @param retry the policy, the budget, the time and the listeners
 * @param redeliver whether the collector may receive again what it has received
 * @param resetAfter the time after which a running flow begins a new call, such as `30.seconds`; null if none does
 * @param T the type of the elements
 * @return the elements of this flow, and the failure of the last attempt as it was
 * @throws IllegalArgumentException if [resetAfter] is not positive, or a timeout of the policy would pass first, or [redeliver] is
 *     false
 */
@JvmName("retrying")
public fun <T> Flow<T>.retrying(retry: Retry, redeliver: Boolean = false, resetAfter: Duration? = null): Flow<T> {
    if (resetAfter != null) {
        requireReset(resetAfter, redeliver, retry.policy().limits())
    }
    return flow { FlowCall(this@retrying, retry, redeliver, resetAfter).collect(this) }
}

private fun requireReset(after: Duration, redeliver: Boolean, limits: Limits) {
    require(after.isPositive()) { "resetAfter=$after: give a positive time, such as 30.seconds" }
    require(redeliver) {
        "resetAfter=$after: a flow that has delivered elements is collected again only with redeliver=true"
    }
    val timeouts = listOf(limits.totalTimeout(), limits.attemptTimeout()).mapNotNull { it.orElse(null)?.toKotlinDuration() }
    timeouts.firstOrNull { it <= after }?.let {
        throw IllegalArgumentException(
            "resetAfter=$after: a timeout of the policy, $it, would end each flow before; give longer timeouts, or total-timeout=off",
        )
    }
}

/**
 * One call, made for one collector of a flow: its attempts hand their elements to that collector.
 *
 * The attempts run in a coroutine beside the collector's. So the collector emits in its own context, as a flow must; its failures
 * are no failures of an attempt; and an attempt can be cancelled without the collector. No exception passes from one to the
 * other: kotlinx.coroutines would copy it.
 */
private class FlowCall<T>(
    private val upstream: Flow<T>,
    private val retry: Retry,
    private val redeliver: Boolean,
    private val resetAfter: Duration?,
) : Classifier {

    private val failures = retry.policy().classifier()
    private val elements = Channel<Element<T>>(Channel.RENDEZVOUS)

    @Volatile
    private var delivered = false

    /** The stream that goes on in the next call, until that has taken it over. */
    private var goingOn: Stream? = null

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
            if (resetAfter == null) {
                failureOf { retry.driver().withClassifier(this).suspending { upstream.collect { hand(it) } } }
            } else {
                failureOfCalls(resetAfter)
            }
        } finally {
            elements.close()
        }

    /** Makes one call after the other, as long as a stream goes on. */
    private suspend fun failureOfCalls(resetAfter: Duration): Throwable? {
        val time = retry.inTimeOf(currentCoroutineContext()).time()
        var failure: Throwable? = null
        coroutineScope {
            do {
                failure = failureOf {
                    retry.driver().withClassifier(this@FlowCall).suspending { follow(this@coroutineScope, resetAfter, time) }
                }
            } while (failure == null && goingOn != null)
            goingOn?.end()
        }
        return failure
    }

    /** One attempt: follows a stream until it ends, or goes on in the next call. */
    private suspend fun follow(scope: CoroutineScope, resetAfter: Duration, time: TimeSource) {
        val stream = goingOn ?: Stream(resetAfter.inWholeNanoseconds, time).also { it.start(scope) }
        goingOn = null
        try {
            if (stream.goesOn()) {
                goingOn = stream
            }
        } finally {
            if (goingOn == null) {
                withContext(NonCancellable) { stream.end() }
            }
        }
        stream.failure?.let { throw it }
    }

    /** A collection of the flow in a coroutine of its own, which calls take over from one another. */
    private inner class Stream(private val resetNanos: Long, private val time: TimeSource) {

        @Volatile
        var failure: Throwable? = null

        private val resets = Channel<Unit>(Channel.CONFLATED)
        private lateinit var collection: Job
        private var since: Long? = null

        /** Begins, with the context of the attempt. */
        suspend fun start(scope: CoroutineScope) {
            collection = scope.launch(currentCoroutineContext().minusKey(Job), CoroutineStart.UNDISPATCHED) {
                failure = failureOf { upstream.collect { deliver(it) } }
            }
        }

        private suspend fun deliver(value: T) {
            hand(value)
            val now = time.nanoTime()
            val began = since
            if (began == null || now - began >= resetNanos) {
                since = now
                if (began != null) {
                    resets.trySend(Unit)
                }
            }
        }

        /** Waits until the call is to begin anew, or the stream has ended; then returns false. */
        suspend fun goesOn(): Boolean = select {
            collection.onJoin { false }
            resets.onReceive { true }
        }

        suspend fun end() = collection.cancelAndJoin()
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
