package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.time.TimeSource
import kotlin.coroutines.CoroutineContext

/** Finds the time in which a coroutine lives. */
internal object CoroutineTime {

    /** Whether this module sees `kotlinx-coroutines-test`, the only library whose dispatchers have a clock of their own. */
    private val hasTestDispatchers: Boolean =
        try {
            val here = CoroutineTime::class.java
            val dispatcher = Class.forName("kotlinx.coroutines.test.TestDispatcher", false, here.classLoader)
            here.module.canRead(dispatcher.module)
        } catch (_: ClassNotFoundException) {
            false
        }

    /** The retry in the time of the coroutine, if that has one and the retry lives in the system's. */
    fun of(retry: Retry, context: CoroutineContext): Retry {
        if (!hasTestDispatchers || retry.time() !== TimeSource.system()) {
            return retry
        }
        val time = TestSchedulerTime.of(context) ?: return retry
        return retry.withTime(time)
    }
}
