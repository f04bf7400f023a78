package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.testsupport.RealTime
import dev.respite.time.TimeSource
import dev.respite.time.VirtualTime
import java.net.ConnectException
import java.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.measureTime
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.advanceUntilIdle
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** A call in a coroutine of `runTest` lives in its virtual time, with a retry that knows nothing of tests. */
class VirtualTimeTest {

    private val recorder = Recorder()
    private val retry = Retry.withoutWarnings(
        RetryPolicy.parse("base-delay=10m max-delay=1h jitter=none total-timeout=2h budget=off"),
        TimeSource.system()
    ).withListener(recorder)
    private var attempts = 0

    private fun fail(): Nothing {
        attempts++
        throw ConnectException()
    }

    private fun assertTakesNoRealTime(test: suspend TestScope.() -> Unit) {
        RealTime.assertTakesAtMost(Duration.ofMinutes(1)) { runTest { test() } }
    }

    @Test
    fun suspending_inRunTest_takesNoRealTime() = assertTakesNoRealTime {
        runCatching { retry.suspending { fail() } }
        assertThat(attempts).isEqualTo(3)
        assertThat(testScheduler.currentTime).isEqualTo(30.minutes.inWholeMilliseconds)
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofMinutes(30))
    }

    @Test
    fun suspending_thatMeetsItsTotalTimeoutInVirtualTime_ends() = assertTakesNoRealTime {
        runCatching {
            retry.suspending {
                delay(100.minutes)
                fail()
            }
        }
        assertThat(attempts).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT)
        assertThat(testScheduler.currentTime).isEqualTo(120.minutes.inWholeMilliseconds)
    }

    @Test
    fun suspending_isSteppedThroughByTheTest() = assertTakesNoRealTime {
        val call = async { retry.suspending { if (it.number() < 3) fail() else "value" } }
        runCurrent()
        assertThat(attempts).isEqualTo(1)
        advanceTimeBy(10.minutes)
        assertThat(attempts).isEqualTo(1)
        runCurrent()
        assertThat(attempts).isEqualTo(2)
        assertThat(call.await()).isEqualTo("value")
    }

    @Test
    fun suspending_onAnUnconfinedTestDispatcher_livesInItsTime() {
        RealTime.assertTakesAtMost(Duration.ofMinutes(1)) {
            runTest(UnconfinedTestDispatcher()) {
                runCatching { retry.suspending { fail() } }
                assertThat(testScheduler.currentTime).isEqualTo(30.minutes.inWholeMilliseconds)
            }
        }
        assertThat(attempts).isEqualTo(3)
    }

    @Test
    fun suspending_onAnotherTestDispatcherOfTheSameScheduler_livesInItsTime() = assertTakesNoRealTime {
        launch(StandardTestDispatcher(testScheduler)) { runCatching { retry.suspending { fail() } } }.join()
        assertThat(testScheduler.currentTime).isEqualTo(30.minutes.inWholeMilliseconds)
    }

    @Test
    fun suspending_withoutADelay_isRetriedAtOnce() = assertTakesNoRealTime {
        val immediate = retry.withPolicy(RetryPolicy.parse("backoff=immediate max-attempts=1000 budget=off"))
        runCatching { immediate.suspending { fail() } }
        assertThat(attempts).isEqualTo(1_000)
        assertThat(testScheduler.currentTime).isZero()
    }

    /** A limit that nobody waits for any more does not move the clock of the test. */
    @Test
    fun suspending_thatEndsBeforeItsTimeouts_leavesNothingInTheScheduler() = assertTakesNoRealTime {
        val limited = retry.withPolicy(RetryPolicy.parse("attempt-timeout=10m total-timeout=1h budget=off"))
        assertThat(limited.suspending { "value" }).isEqualTo("value")
        advanceUntilIdle()
        assertThat(testScheduler.currentTime).isZero()
    }

    /** As `delay` there: a dispatcher of production has real time. */
    @Test
    fun suspending_onAnotherDispatcherInRunTest_livesInRealTime() = runTest {
        val quick = retry.withPolicy(RetryPolicy.parse("base-delay=20ms jitter=none budget=off"))
        val took = measureTime {
            withContext(Dispatchers.Default) { runCatching { quick.suspending { fail() } } }
        }
        assertThat(took.inWholeMilliseconds).isGreaterThanOrEqualTo(60)
        assertThat(testScheduler.currentTime).isZero()
    }

    @Test
    fun suspending_ofARetryWithATimeOfItsOwn_staysThere() = runTest {
        val time = VirtualTime()
        val call = async { runCatching { Retry.withoutWarnings(retry.policy(), time).suspending { fail() } } }
        while (call.isActive) {
            runCurrent()
            time.runAll()
        }
        assertThat(call.await().exceptionOrNull()).isInstanceOf(ConnectException::class.java)
        assertThat(Duration.ofNanos(time.nanoTime())).isEqualTo(Duration.ofMinutes(30))
        assertThat(testScheduler.currentTime).isZero()
    }

    @Test
    fun retry_afterRunTest_livesInTheSystemsTimeAsBefore() {
        runTest { runCatching { retry.suspending { fail() } } }
        assertThat(retry.time()).isSameAs(TimeSource.system())
        val quick = retry.withPolicy(RetryPolicy.parse("base-delay=1ms budget=off"))
        assertThat(runBlocking { quick.suspending { if (it.number() == 1) fail() else "value" } }).isEqualTo("value")
        assertThat(retry.counts().calls()).isEqualTo(2)
    }
}
