@file:JvmMultifileClass
@file:JvmName("RespiteKt")

package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.time.TimeSource
import java.time.Instant
import java.util.concurrent.Executor
import java.util.concurrent.Future
import java.util.concurrent.FutureTask
import java.util.concurrent.TimeUnit
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

/** Returns the retry in the time of the coroutine, if the coroutine has one and the retry lives in the system's. */
@JvmSynthetic
internal fun Retry.inTimeOf(context: CoroutineContext): Retry = CoroutineTime.of(this, context)

/** The time in which a coroutine lives. A class of its own, since it needs `kotlinx-coroutines-test`. */
private object CoroutineTime {

    /** True if this module reads `kotlinx-coroutines-test`, the only library whose dispatchers have a clock of their own. */
    private val hasTestDispatchers: Boolean =
        try {
            val here = CoroutineTime::class.java
            val dispatcher = Class.forName("kotlinx.coroutines.test.TestDispatcher", false, here.classLoader)
            here.module.canRead(dispatcher.module)
        } catch (_: ClassNotFoundException) {
            false
        }

    @OptIn(ExperimentalCoroutinesApi::class)
    fun of(retry: Retry, context: CoroutineContext): Retry {
        if (!hasTestDispatchers || retry.time() !== TimeSource.system()) {
            return retry
        }
        val dispatcher = context[ContinuationInterceptor] as? TestDispatcher ?: return retry
        return retry.withTime(TestSchedulerTime(dispatcher))
    }
}

/**
 * The virtual time of `runTest`. The scheduler has the clock and the delays, to the millisecond. A shorter delay is one
 * millisecond. Random numbers come from the system's time.
 */
@OptIn(ExperimentalCoroutinesApi::class)
private class TestSchedulerTime(private val dispatcher: TestDispatcher) : TimeSource.Forwarding {

    override fun delegate(): TimeSource = TimeSource.system()

    override fun nanoTime(): Long = TimeUnit.MILLISECONDS.toNanos(dispatcher.scheduler.currentTime)

    override fun wallTime(): Instant = Instant.ofEpochMilli(dispatcher.scheduler.currentTime)

    /** The task waits as a coroutine does, so that the time of the test passes for it. */
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
}
