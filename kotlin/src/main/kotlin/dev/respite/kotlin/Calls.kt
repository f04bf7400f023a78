package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.Attempt
import kotlinx.coroutines.currentCoroutineContext

/**
 * Runs work on this thread until an outcome is accepted or the policy says stop, and waits between attempts on this thread:
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
 * Runs suspending work until an outcome is accepted or the policy says stop. Delays and waits for the budget suspend: they hold no
 * thread.
 *
 * ```
 * val quote = retry.suspending { service.fetch("ACME") }
 * ```
 *
 * Every attempt runs in this coroutine: in its dispatcher, with its context, as a child of its job. An attempt ends when its work and
 * the coroutines that the work has launched end; the next one begins after that.
 *
 * If this coroutine is cancelled, the call ends: the attempt in flight is cancelled, a delay is over, and no further attempt is made.
 * What the work throws then is thrown as it is. A [kotlinx.coroutines.TimeoutCancellationException] of a `withTimeout` inside the work
 * is a timeout and is retried as one. Any other [kotlinx.coroutines.CancellationException] that the work throws is not retried.
 *
 * An attempt that exceeds its [time][dev.respite.policy.RetryPolicy.timeoutOf] is cancelled and has failed by a
 * [java.util.concurrent.TimeoutException], whatever else it throws. A value that it returns nevertheless is taken. Work that
 * blocks its thread is not ended by that: wrap it in `runInterruptible`.
 *
 * The classifier and the listeners run in this coroutine's dispatcher when an attempt ends, and in the executor of the
 * [time source][Retry.time] when a wait ends the call. In a coroutine of `runTest` the call lives in the virtual time of the test, unless
 * the retry was made with a time source of its own.
 *
 * @param operation the work, which may be run several times; it receives its attempt
 * @param T the type of the value
 * @return the value of the last attempt
 * @throws Exception the failure of the last attempt, as it was thrown
 * @throws kotlinx.coroutines.CancellationException if this coroutine is cancelled
 */
public suspend fun <T> Retry.suspending(operation: suspend (Attempt) -> T): T =
    SuspendingCall(CoroutineTime.of(this, currentCoroutineContext()), operation).run()
