package dev.respite.kotlin

import dev.respite.outcome.Outcome
import dev.respite.text.ValueFormat
import dev.respite.time.TimeSource
import java.time.Duration
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeoutException
import kotlin.concurrent.Volatile
import kotlin.time.toKotlinDuration
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job

/** Cancels the job of one attempt when its time is up. */
internal class TimeLimitOfAttempt(private val limit: Duration, private val time: TimeSource) : TimeSource.Timeout {

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

    /** What an outcome is with regard to this limit: what work throws that was cancelled by it is a timeout. */
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
