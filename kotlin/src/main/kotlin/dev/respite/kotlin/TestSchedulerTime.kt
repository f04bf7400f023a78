package dev.respite.kotlin

import dev.respite.time.TimeSource
import java.time.Instant
import java.util.concurrent.Executor
import java.util.concurrent.Future
import java.util.concurrent.FutureTask
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.nanoseconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestDispatcher

/**
 * The virtual time of `runTest`. The clock and the waits are the scheduler's, to the millisecond; a delay of less is one
 * millisecond. The chance is the system's.
 */
@OptIn(ExperimentalCoroutinesApi::class)
internal class TestSchedulerTime private constructor(private val dispatcher: TestDispatcher) : TimeSource.Forwarding {

    override fun delegate(): TimeSource = TimeSource.system()

    override fun nanoTime(): Long = dispatcher.scheduler.currentTime * NANOS_PER_MILLI

    override fun wallTime(): Instant = Instant.ofEpochMilli(dispatcher.scheduler.currentTime)

    /** The task waits as a coroutine does, so that the test's time passes for it. */
    override fun schedule(task: TimeSource.Task, delayNanos: Long): Future<*> {
        val due = Due(task)
        due.job = CoroutineScope(dispatcher).launch(start = CoroutineStart.UNDISPATCHED) {
            delay(delayNanos.nanoseconds)
            due.run()
        }
        return due
    }

    override fun executor(): Executor = dispatcher.asExecutor()

    private class Due(task: TimeSource.Task) : FutureTask<Void?>(task) {
        var job: Job? = null

        override fun done() {
            if (isCancelled) {
                job?.cancel()
            }
        }
    }

    companion object {
        private const val NANOS_PER_MILLI = 1_000_000L

        /** The time of a coroutine whose dispatcher is that of a test; null for any other. */
        fun of(context: CoroutineContext): TestSchedulerTime? =
            (context[ContinuationInterceptor] as? TestDispatcher)?.let(::TestSchedulerTime)
    }
}
