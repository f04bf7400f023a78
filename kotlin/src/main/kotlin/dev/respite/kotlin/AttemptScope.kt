package dev.respite.kotlin

import dev.respite.NestedRetries.Enclosing
import dev.respite.outcome.Outcome
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext

/**
 * Runs the work of one attempt in a job of its own, which is a child of the caller's: it can be cancelled alone, and it is not over
 * before all that the work has launched is.
 */
internal class AttemptScope(private val enclosing: Enclosing, private val limit: TimeLimitOfAttempt?) {

    /** Runs the work; what it throws is an outcome and leaves no coroutine as an exception. */
    suspend fun <T> run(work: suspend () -> T): Outcome<T> {
        var outcome: Outcome<T>? = null
        try {
            withContext(EnclosingCalls(enclosing)) {
                limit?.begin(currentCoroutineContext().job)
                outcome = outcomeOf(work)
            }
        } catch (error: Throwable) {
            // A cancellation says less than the work itself. Any other failure is that of a coroutine which the work has launched.
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
