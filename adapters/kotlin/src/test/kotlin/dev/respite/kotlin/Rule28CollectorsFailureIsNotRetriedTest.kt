package dev.respite.kotlin

import dev.respite.outcome.StopReason
import java.io.IOException
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Rule 28: a failure of the collector, or of an operator below the retries, is not retried. */
class Rule28CollectorsFailureIsNotRetriedTest {

    private val script = FailingFlow()
    private val recorder = script.recorder
    private val retry = script.retry
    private val failure = script.failure
    private val received = mutableListOf<Int>()

    @Test
    fun collector_thatFails_isNotRetriedAndThrowsTheSameException() = runTest {
        val thrown = runCatching { script.emitting(1).retrying(retry).collect { throw failure } }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(script.collections).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun operator_belowThatFails_isNotRetried() = runTest {
        val thrown = runCatching {
            script.emitting(0).retrying(retry, redeliver = true).map { throw failure }.collect()
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(script.collections).isEqualTo(3)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun failure_ofTheCollectorAndOfTheFlow_isThatOfTheCollector() = runTest {
        val ofCollector = IOException("disk full")
        val thrown = runCatching {
            flow {
                try {
                    emit(1)
                } finally {
                    throw failure
                }
            }.retrying(retry, redeliver = true).collect { throw ofCollector }
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(ofCollector)
        assertThat(retry.counts().calls()).isEqualTo(1)
    }

    /** The collector's work is the collector's: no timeout of an attempt cancels it. */
    @Test
    fun collector_thatIsSlow_isNotCancelledByTheTimeoutOfAnAttempt() = runTest {
        val timed = script.retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val values = flow {
            emit(++script.collections)
        }.retrying(timed, redeliver = true).onEach {
            if (it == 1) delay(5_000)
            received += it
        }.toList()
        assertThat(received).containsExactly(1, 2)
        assertThat(values).containsExactly(1, 2)
    }
}
