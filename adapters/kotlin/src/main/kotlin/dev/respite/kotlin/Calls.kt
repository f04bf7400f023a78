@file:JvmMultifileClass
@file:JvmName("RespiteKt")

package dev.respite.kotlin

import dev.respite.AsyncOperation
import dev.respite.NestedRetries
import dev.respite.NestedRetries.Enclosing
import dev.respite.Retry
import dev.respite.outcome.Attempt
import dev.respite.outcome.Outcome
import dev.respite.text.ValueFormat
import dev.respite.time.TimeSource
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicReference
import java.util.function.BiConsumer
import kotlin.concurrent.Volatile
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.time.toKotlinDuration
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext

/**
 * Runs work on this thread until an outcome is accepted or the policy permits no further attempt. It also waits on this thread:
 * [Retry.callWithAttempt] for Kotlin. In a coroutine use [suspending], which holds no thread.
 *
 * ```
 * val quote = retry { service.fetch("ACME") }
 * ```
 *
 * @param operation the work, which may be run several times; it receives its attempt
 * @param T the type of the value
 * @return the value of the last attempt
 * @throws Exception the failure of the last attempt, as it was thrown
 */
public operator fun <T> Retry.invoke(operation: (Attempt) -> T): T = callWithAttempt<T, Exception> { operation(it) }

/**
 * Runs suspending work until an outcome is accepted or the policy permits no further attempt. Delays and waits for the budget
 * suspend: they hold no thread.
 *
 * ```
 * val quote = retry.suspending { service.fetch("ACME") }
 * ```
 *
 * Every attempt runs in this coroutine: in its dispatcher, with its context, as a child of its job. An attempt ends when its work
 * and the coroutines that the work has launched end; the next one begins after that.
 *
 * If this coroutine is cancelled, the call ends: the attempt in flight is cancelled, a delay is over, and no further attempt is
 * made. What the work throws then is thrown as it is. A [kotlinx.coroutines.TimeoutCancellationException] of a `withTimeout`
 * inside the work is a timeout and is retried as one. Any other [kotlinx.coroutines.CancellationException] that the work throws
 * is not retried.
 *
 * An attempt that exceeds its [time][dev.respite.policy.RetryPolicy.timeoutOf] is cancelled and has failed by a
 * [java.util.concurrent.TimeoutException], whatever else it throws. A value that it returns nevertheless is taken. Work that
 * blocks its thread is not ended by that: wrap it in `runInterruptible`.
 *
 * The classifier and the listeners run in this coroutine's dispatcher when an attempt ends, and in the executor of the
 * [time source][Retry.time] when a wait ends the call. In a coroutine of `runTest` the call lives in the virtual time of the
 * test, unless the retry was made with a time source of its own.
 *
 * @param operation the work, which may be run several times; it receives its attempt
 * @param T the type of the value
 * @return the value of the last attempt
 * @throws Exception the failure of the last attempt, as it was thrown
 * @throws kotlinx.coroutines.CancellationException if this coroutine is cancelled
 */
public suspend fun <T> Retry.suspending(operation: suspend (Attempt) -> T): T =
    SuspendingCall(inTimeOf(currentCoroutineContext()), operation).run()

/**
 * The driver for coroutines: one call, made by one coroutine.
 *
 * The engine is the engine of asynchronous calls. It begins an attempt on any thread, which only sends a step to this coroutine.
 * The coroutine runs the attempt in its own dispatcher and completes the stage of the attempt:
 *
 * ```
 *   engine     attempt(1) ──► stage          judges, waits ──► attempt(2) ──► stage          judges ──► future
 *                 │             ▲                                 │             ▲                          │
 *               Begin           │                               Begin           │                       Return or Throw
 *                 ▼             │                                 ▼             │                          ▼
 *   coroutine  receives ──► runs the work     suspended        receives ──► runs the work               receives
 * ```
 *
 * No exception passes from one coroutine to another on its way: kotlinx.coroutines would copy it to recover its stack trace.
 */
private class SuspendingCall<T>(private val retry: Retry, private val operation: suspend (Attempt) -> T) : AsyncOperation<T> {

    /** The next step that the engine has decided on. */
    private val next = NextStep<Step<T>>()

    private val hasTotalTimeout = retry.policy().limits().totalTimeout().isPresent

    private sealed interface Step<out T>

    /** An attempt to run, and the stage to complete then. */
    private inner class Begin(val attempt: Attempt, val enclosing: Enclosing, val begunNanos: Long) :
        CompletableFuture<T>(), Step<T> {

        /**
         * Begins the attempt when the engine is ready for its end. Before that, an attempt that ends on another thread would be
         * judged on the engine's, and not in this coroutine's context.
         */
        override fun whenComplete(listener: BiConsumer<in T, in Throwable>): CompletableFuture<T> {
            val listened = super.whenComplete(listener)
            next.send(this)
            return listened
        }

        override fun <U> newIncompleteFuture(): CompletableFuture<U> = CompletableFuture()
    }

    private class Return<T>(val value: T) : Step<T>

    private class Throw(val error: Throwable) : Step<Nothing>

    /** Makes the call. */
    suspend fun run(): T {
        val caller = currentCoroutineContext()[Job]
        caller?.ensureActive()
        val call = retry.callAsyncWithAttempt(this)
        call.whenComplete { value, error -> next.send(if (error == null) Return(value) else Throw(error)) }
        try {
            while (true) {
                when (val step = next.receive()) {
                    is SuspendingCall<T>.Begin -> {
                        caller?.ensureActive()
                        step.completeBy(attempt(step, caller))
                    }
                    is Return -> return step.value
                    is Throw -> throw step.error
                }
            }
        } finally {
            // Of a call that has ended this changes nothing.
            call.cancel(true)
        }
    }

    /** Begins an attempt, on any thread of the engine. The attempt has the enclosing calls of this thread at this moment. */
    override fun attempt(attempt: Attempt): CompletionStage<T> {
        val begunNanos = if (attempt.number() > 1 && hasTotalTimeout) retry.time().nanoTime() else 0
        return Begin(attempt, NestedRetries.enclosing(), begunNanos)
    }

    /** An attempt is over when its work has ended, and not when its time is up. */
    override fun enforcesTimeout(): Boolean = true

    private suspend fun attempt(begin: Begin, caller: Job?): Outcome<T> {
        val limit = retry.policy().timeoutOf(sinceDispatch(begin)).map { TimeLimitOfAttempt(it, retry.time()) }.orElse(null)
        val outcome = AttemptScope(begin.enclosing, limit).run { operation(begin.attempt) }
        if (outcome is Outcome.Failure && caller?.isActive == false) {
            throwCancelled(outcome.error, caller)
        }
        return limit?.judge(outcome) ?: outcome
    }

    /** The attempt, at the time when the dispatcher runs it. */
    private fun sinceDispatch(begin: Begin): Attempt =
        if (begin.begunNanos == 0L) {
            begin.attempt
        } else {
            begin.attempt.at(begin.attempt.elapsedNanos() + (retry.time().nanoTime() - begin.begunNanos))
        }

    /** Ends the call of a coroutine that has been cancelled by what its work has thrown. */
    private fun throwCancelled(error: Throwable, caller: Job): Nothing {
        if (error is CancellationException) {
            caller.ensureActive()
        }
        throw error
    }

    private fun CompletableFuture<T>.completeBy(outcome: Outcome<T>) {
        when (outcome) {
            is Outcome.Success -> complete(outcome.value)
            is Outcome.Failure -> completeExceptionally(outcome.error)
        }
    }
}

/**
 * Runs the work of one attempt in a job of its own, a child of the caller's job. It can be cancelled alone. It ends when the work
 * and all coroutines that the work has launched have ended.
 */
private class AttemptScope(private val enclosing: Enclosing, private val limit: TimeLimitOfAttempt?) {

    /** Runs the work. Its exception is an outcome and leaves no coroutine. */
    suspend fun <T> run(work: suspend () -> T): Outcome<T> {
        var outcome: Outcome<T>? = null
        try {
            withContext(EnclosingCalls(enclosing)) {
                limit?.begin(currentCoroutineContext().job)
                outcome = outcomeOf(work)
            }
        } catch (error: Throwable) {
            // The outcome of the work is more precise than a cancellation. Any other failure comes from a coroutine that it has launched.
            if (outcome == null || error !is CancellationException) {
                outcome = Outcome.failure(error)
            }
        } finally {
            limit?.end()
        }
        return checkNotNull(outcome)
    }

    private suspend fun <T> outcomeOf(work: suspend () -> T): Outcome<T> =
        try {
            Outcome.success(work())
        } catch (error: Throwable) {
            Outcome.failure(error)
        }
}

/** Cancels the job of one attempt when its time is up. */
private class TimeLimitOfAttempt(private val limit: Duration, private val time: TimeSource) : TimeSource.Timeout {

    @Volatile
    private var job: Job? = null

    /** Why the job has been cancelled; null if it has not. */
    @Volatile
    private var reason: Exception? = null

    private var scheduled: Future<*>? = null

    private class TimeIsUp : CancellationException("the time of this attempt is up")

    /** Limits the time of a job from now on. */
    fun begin(attempt: Job) {
        job = attempt
        scheduled = time.schedule(this, ValueFormat.saturatedNanos(limit))
    }

    /** The job is over. */
    fun end() {
        scheduled?.cancel(false)
    }

    /** The time is up. This is the timer's thread: it only hands over. */
    override fun run() {
        endInExecutor(TimeoutException("no result within ${limit.toKotlinDuration()}"))
    }

    /** The time will never be up: without its limit the attempt could hang for ever. */
    override fun rejected() {
        endInExecutor(RejectedExecutionException("the scheduler that limits this attempt's time was shut down"))
    }

    private fun endInExecutor(why: Exception) {
        val end = Runnable {
            reason = why
            job?.cancel(TimeIsUp())
        }
        try {
            time.executor().execute(end)
        } catch (_: Throwable) {
            TimeSource.runOnSpareThread(end)
        }
    }

    /** Judges an outcome with regard to this limit: an exception of work that was cancelled by it is a timeout. */
    fun <T> judge(outcome: Outcome<T>): Outcome<T> {
        val why = reason
        if (why == null || outcome !is Outcome.Failure || outcome.error is Error) {
            return outcome
        }
        if (outcome.error !is CancellationException) {
            why.addSuppressed(outcome.error)
        }
        return Outcome.failure(why)
    }
}

/**
 * The next step of a call, from the engine's threads to one coroutine. A step that comes before the last one has been received
 * takes its place: the call has ended before its next attempt has begun.
 */
@Suppress("UNCHECKED_CAST") // an object that is neither null nor a continuation is a step
private class NextStep<S : Any> {

    /** Null, a step, or the continuation of the coroutine that waits for one. */
    private val slot = AtomicReference<Any?>()

    /** Sends a step; resumes the coroutine if that waits. */
    fun send(step: S) {
        while (true) {
            val now = slot.get()
            if (now is CancellableContinuation<*>) {
                if (slot.compareAndSet(now, null)) {
                    // One that has been cancelled ignores this.
                    (now as CancellableContinuation<S>).resume(step)
                    return
                }
            } else if (slot.compareAndSet(now, step)) {
                return
            }
        }
    }

    /** Receives the next step; suspends until there is one. */
    suspend fun receive(): S {
        val sent = slot.getAndSet(null)
        return if (sent != null) sent as S else await()
    }

    private suspend fun await(): S = suspendCancellableCoroutine { continuation ->
        if (!slot.compareAndSet(null, continuation)) {
            continuation.resume(slot.getAndSet(null) as S)
        }
    }
}

private object EnclosingCallsKey : CoroutineContext.Key<EnclosingCalls>

/**
 * Makes an attempt known to the calls inside it, wherever its coroutines run: the core finds enclosing calls by thread.
 */
private class EnclosingCalls(private val enclosing: Enclosing) :
    AbstractCoroutineContextElement(EnclosingCallsKey), ThreadContextElement<Enclosing> {

    override fun updateThreadContext(context: CoroutineContext): Enclosing = enclosing.enter()

    override fun restoreThreadContext(context: CoroutineContext, oldState: Enclosing) {
        oldState.enter()
    }
}
