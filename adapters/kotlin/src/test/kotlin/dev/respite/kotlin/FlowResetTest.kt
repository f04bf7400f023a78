package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.util.concurrent.TimeoutException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatIllegalArgumentException
import org.junit.jupiter.api.Test

/** A flow that runs for the reset time: its attempts, its delays and its timeouts begin anew. */
class FlowResetTest {

    private val script = FailingFlow()
    private val retry = script.retry("max-attempts=2 base-delay=1s jitter=none budget=off total-timeout=1m")
    private val failure = script.failure
    private val received = mutableListOf<Int>()
    private var open = 0

    private fun TestScope.now() = testScheduler.currentTime

    /** Emits an element now and every ten seconds, until so many seconds have passed; then something else happens. */
    private fun running(seconds: Int, then: suspend () -> Unit): Flow<Int> = flow {
        script.collections++
        open++
        emit(0)
        for (second in 10..seconds step 10) {
            delay(10.seconds)
            emit(second)
        }
        then()
    }.onCompletion { open-- }

    private fun Flow<Int>.resetting(after: Duration = 30.seconds) = retrying(retry, redeliver = true, resetAfter = after)

    @Test
    fun flow_thatRunsLongEachTime_isRetriedForEver() = runTest {
        running(40) { if (script.collections <= 20) throw failure }.resetting().collect { received += it }
        assertThat(received).hasSize(21 * 5)
        assertThat(now()).isEqualTo(21 * 40_000L + 20 * 1_000)
        assertThat(open).isZero()
    }

    @Test
    fun flow_thatFailsBeforeTheTime_hasTheAttemptsOfOneCall() = runTest {
        val thrown = runCatching { running(20) { throw failure }.resetting().collect { received += it } }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(script.collections).isEqualTo(2)
        assertThat(received).hasSize(6)
    }

    @Test
    fun totalTimeout_ofAFlowThatRuns_neverPasses() = runTest {
        running(3_600) {}.resetting().collect { received += it }
        assertThat(received).hasSize(361)
        assertThat(script.collections).isEqualTo(1)
        assertThat(retry.counts().calls()).isEqualTo(121)
    }

    @Test
    fun totalTimeout_ofAFlowThatFallsSilent_endsIt() = runTest {
        val thrown = runCatching {
            running(40) { awaitCancellation() }.resetting().collect { received += it }
        }.exceptionOrNull()
        assertThat(thrown).isInstanceOf(TimeoutException::class.java)
        assertThat(now()).`as`("a minute after the call began anew").isEqualTo(30_000 + 60_000)
        assertThat(open).isZero()
    }

    @Test
    fun collector_thatHasEnough_endsTheStreamOfALaterCall() = runTest {
        assertThat(running(3_600) {}.resetting().take(7).toList()).hasSize(7)
        assertThat(open).isZero()
        assertThat(retry.counts().ended(StopReason.CANCELLED)).isEqualTo(1)
    }

    @Test
    fun collector_thatFails_endsTheStreamOfALaterCall() = runTest {
        val bug = IllegalStateException("bug", null)
        val thrown = runCatching {
            running(3_600) {}.resetting().collect { if (it == 50) throw bug }
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(bug)
        assertThat(open).isZero()
        assertThat(script.collections).isEqualTo(1)
    }

    /** The clock fails after the stream has been handed to the next call, which makes no attempt then. */
    @Test
    fun nextCall_thatCannotBegin_endsTheStream() = runTest {
        val bug = IllegalStateException("the clock has failed", null)
        var readings = Int.MAX_VALUE
        val time = object : TimeSource.Forwarding {
            override fun delegate(): TimeSource = TimeSource.system()

            override fun nanoTime(): Long {
                if (readings-- <= 0) throw bug
                return now() * 1_000_000
            }
        }
        val own = Retry.withoutWarnings(RetryPolicy.parse("max-attempts=2 budget=off total-timeout=off"), time).withListener(script.recorder)
        val thrown = runCatching {
            running(3_600) {}.retrying(own, redeliver = true, resetAfter = 30.seconds).collect {
                received += it
                if (it == 30) readings = 1
            }
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(bug)
        assertThat(received).hasSize(4)
        assertThat(open).isZero()
    }

    @Test
    fun resetAfter_aTimeThatCannotPass_isRejected() {
        val flow = running(10) {}
        assertThatIllegalArgumentException().isThrownBy { flow.resetting(0.seconds) }.withMessageContaining("positive")
        assertThatIllegalArgumentException().isThrownBy { flow.resetting(1.minutes) }.withMessageContaining("longer timeouts")
        assertThatIllegalArgumentException()
            .isThrownBy { flow.retrying(retry, resetAfter = 30.seconds) }
            .withMessageContaining("redeliver=true")
    }
}
