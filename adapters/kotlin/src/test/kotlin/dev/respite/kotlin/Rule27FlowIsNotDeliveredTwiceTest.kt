package dev.respite.kotlin

import dev.respite.RetryEvent
import dev.respite.outcome.ErrorKind
import dev.respite.outcome.StopReason
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Rule 27: what the collector of a flow has received is not delivered again, unless its caller allows that. */
class Rule27FlowIsNotDeliveredTwiceTest {

    private val script = FailingFlow()
    private val recorder = script.recorder
    private val retry = script.retry
    private val failure = script.failure
    private val received = mutableListOf<Int>()

    @Test
    fun flow_failsAfterItsFirstElement_isNotCollectedAgain() = runTest {
        val thrown = runCatching { script.emitting(1).retrying(retry).collect { received += it } }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(received).containsExactly(100)
        assertThat(recorder.reason()).isEqualTo(StopReason.PARTLY_DELIVERED)
        assertThat(recorder.events.filterIsInstance<RetryEvent.AttemptFailed>().single().kind()).isEqualTo(ErrorKind.CONNECT)
    }

    @Test
    fun flow_failsAfterElementsThatMayBeRedelivered_isCollectedAgain() = runTest {
        assertThat(script.emitting(2).retrying(retry, redeliver = true).toList())
            .containsExactly(100, 101, 200, 201, 300, 301, 302)
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
    }

    @Test
    fun catch_belowIt_seesTheLastFailureAndRecovers() = runTest {
        val values = script.emitting(1).retrying(retry).catch {
            assertThat(it).isSameAs(failure)
            emit(-1)
        }.toList()
        assertThat(values).containsExactly(100, -1)
    }

    @Test
    fun attempt_thatIsTooLateAfterItsFirstElement_endsTheFlow() = runTest {
        val timed = script.retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val thrown = runCatching {
            flow {
                emit(1)
                awaitCancellation()
            }.retrying(timed).collect { received += it }
        }.exceptionOrNull()
        assertThat(thrown).isInstanceOf(TimeoutException::class.java)
        assertThat(received).containsExactly(1)
        assertThat(testScheduler.currentTime).isEqualTo(2_000)
        assertThat(recorder.reason()).isEqualTo(StopReason.PARTLY_DELIVERED)
    }

    @Test
    fun attempt_thatIsTooLateWhileTheCollectorHasItsFirstElement_endsTheFlow() = runTest {
        val timed = script.retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val thrown = runCatching {
            flow { emit(1) }.retrying(timed).collect {
                received += it
                delay(3_000)
            }
        }.exceptionOrNull()
        assertThat(thrown).isInstanceOf(TimeoutException::class.java)
        assertThat(received).containsExactly(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.PARTLY_DELIVERED)
    }
}
