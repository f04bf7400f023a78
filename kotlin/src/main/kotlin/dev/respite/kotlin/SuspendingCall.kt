package dev.respite.kotlin

import dev.respite.AsyncOperation
import dev.respite.NestedRetries
import dev.respite.NestedRetries.Enclosing
import dev.respite.Retry
import dev.respite.outcome.Attempt
import dev.respite.outcome.Outcome
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.function.BiConsumer
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

/**
 * The driver for coroutines: one call, made by one coroutine.
 *
 * The engine is that of asynchronous calls. It begins an attempt where it likes, and that only sends a step to this coroutine, which
 * runs the attempt in its own dispatcher and completes the attempt's stage:
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
internal class SuspendingCall<T>(private val retry: Retry, private val operation: suspend (Attempt) -> T) : AsyncOperation<T> {

    /** What the engine has decided. */
    private val next = NextStep<Step<T>>()

    private val hasTotalTimeout = retry.policy().limits().totalTimeout().isPresent

    private sealed interface Step<out T>

    /** An attempt to run, and the stage to complete then. */
    private inner class Begin(val attempt: Attempt, val enclosing: Enclosing, val begunNanos: Long) :
        CompletableFuture<T>(), Step<T> {

        /**
         * Begins the attempt when the engine is ready for its end. Before that, an attempt that ends on another thread would be judged
         * on the engine's, and not in this coroutine's context.
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

    /** Begins an attempt, on any thread of the engine. The calls that enclose the attempt are those of this thread at this moment. */
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
