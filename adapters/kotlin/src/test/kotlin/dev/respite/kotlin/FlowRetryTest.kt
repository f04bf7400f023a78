package dev.respite.kotlin

import dev.respite.outcome.StopReason
import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** A flow that is collected again. */
class FlowRetryTest {

    private val script = FailingFlow()
    private val recorder = script.recorder
    private val retry = script.retry
    private val failure = script.failure
    private val received = mutableListOf<Int>()

    private fun TestScope.now() = testScheduler.currentTime

    @Test
    fun flow_failsBeforeItsFirstElement_isCollectedAgain() = runTest {
        assertThat(script.emitting(0).retrying(retry).toList()).containsExactly(300, 301, 302)
        assertThat(now()).isEqualTo(3_000)
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
        assertThat(retry.counts().attempts()).isEqualTo(3)
    }

    @Test
    fun flow_failsInTheEnd_throwsTheSameException() = runTest {
        val thrown = runCatching {
            flow<Int> {
                script.collections++
                throw failure
            }.retrying(retry).collect()
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(script.collections).isEqualTo(3)
        assertThat(failure.suppressed).isEmpty()
    }

    @Test
    fun flow_withAFatalFailure_isNotCollectedAgain() = runTest {
        val fatal = IllegalStateException("bug", null)
        assertThat(runCatching { flow<Int> { throw fatal }.retrying(retry).collect() }.exceptionOrNull()).isSameAs(fatal)
        assertThat(recorder.reason()).isEqualTo(StopReason.FATAL)
    }

    @Test
    fun flow_collectedTwice_makesTwoCalls() = runTest {
        val flow = flowOf(1, 2).retrying(retry)
        assertThat(flow.toList()).containsExactly(1, 2)
        assertThat(flow.toList()).containsExactly(1, 2)
        assertThat(retry.counts().calls()).isEqualTo(2)
    }

    @Test
    fun flow_ofNulls_deliversThem() = runTest {
        assertThat(flowOf(null, 1, null).retrying(retry).toList()).containsExactly(null, 1, null)
    }

    @Test
    fun flow_whosePolicyJudgesValues_isJudgedByItsFailuresOnly() = runTest {
        val judging = retry.withPolicy(retryPolicy { retryOnResult(Any::class) { true } })
        assertThat(flowOf(1).retrying(judging).toList()).containsExactly(1)
    }

    @Test
    fun operator_aboveThatFails_isRetried() = runTest {
        val values = flowOf(1).map { if (++script.collections < 3) throw failure else it }.retrying(retry).toList()
        assertThat(values).containsExactly(1)
    }

    @Test
    fun collector_thatHasEnough_endsTheCall() = runTest {
        var ended = 0
        val endless = flow {
            var next = 0
            while (true) emit(next++)
        }.onCompletion { ended++ }
        assertThat(endless.retrying(retry).take(3).toList()).containsExactly(0, 1, 2)
        assertThat(endless.retrying(retry).first()).isZero()
        assertThat(ended).isEqualTo(2)
        assertThat(retry.counts().ended(StopReason.CANCELLED)).isEqualTo(2)
    }

    @Test
    fun collector_thatIsCancelled_endsTheCall() = runTest {
        var cancelled = false
        val job = launch {
            flow<Int> {
                emit(1)
                try {
                    awaitCancellation()
                } finally {
                    cancelled = true
                }
            }.retrying(retry).collect { received += it }
        }
        delay(10)
        job.cancelAndJoin()
        assertThat(cancelled).isTrue()
        assertThat(received).containsExactly(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun collector_thatIsCancelledInADelay_endsTheCall() = runTest {
        val job = launch { script.emitting(0).retrying(retry).collect() }
        delay(10)
        job.cancelAndJoin()
        assertThat(now()).isEqualTo(10)
        assertThat(script.collections).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    /** An element that was emitted has been dealt with when the emission returns. */
    @Test
    fun elements_areDealtWithOneByOne() = runTest {
        val steps = mutableListOf<String>()
        flow {
            for (number in 1..2) {
                steps += "emits $number"
                emit(number)
                steps += "emitted $number"
            }
        }.retrying(retry).collect {
            delay(100)
            steps += "collected $it"
        }
        assertThat(steps)
            .containsExactly("emits 1", "collected 1", "emitted 1", "emits 2", "collected 2", "emitted 2")
    }

    @Test
    fun attempt_thatIsTooLateBeforeItsFirstElement_isFollowedByAnother() = runTest {
        val timed = script.retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val values = flow {
            if (++script.collections == 1) awaitCancellation()
            emit(script.collections)
        }.retrying(timed).toList()
        assertThat(values).containsExactly(2)
        assertThat(now()).isEqualTo(3_000)
    }

    @Test
    fun withTimeout_insideTheFlow_isRetriedAsATimeout() = runTest {
        val values = flow {
            withTimeout(100) { if (++script.collections < 3) awaitCancellation() }
            emit(script.collections)
        }.retrying(retry).toList()
        assertThat(values).containsExactly(3)
    }

    @Test
    fun attempts_haveTheCollectorsContext_andEmitInIt() {
        val mdc = ThreadLocal<String?>()
        val seen = mutableListOf<String?>()
        Executors.newSingleThreadExecutor { Thread(it, "the only one") }.asCoroutineDispatcher().use { dispatcher ->
            runBlocking(dispatcher) {
                withContext(CoroutineName("quotes") + mdc.asContextElement("request 1")) {
                    suspend fun look() {
                        seen += "${currentCoroutineContext()[CoroutineName]?.name} ${mdc.get()} ${Thread.currentThread().name.take(12)}"
                    }
                    // The flow in which it is collected checks that it emits in its own context.
                    flow {
                        flow {
                            look()
                            delay(1)
                            look()
                            if (++script.collections < 3) throw failure
                            emit(1)
                        }.retrying(script.retry("base-delay=1ms budget=off")).collect {
                            look()
                            emit(it)
                        }
                    }.collect()
                }
            }
        }
        assertThat(seen).hasSize(7).containsOnly("quotes request 1 the only one")
    }

    @Test
    fun flow_onAnotherDispatcher_isCollectedThere() = runBlocking {
        val quick = script.retry("base-delay=1ms budget=off")
        val values = script.emitting(0).map { it to Thread.currentThread().name }.flowOn(Dispatchers.IO).retrying(quick).toList()
        assertThat(values.map { it.first }).containsExactly(300, 301, 302)
        val below = script.emitting(0).retrying(quick).flowOn(Dispatchers.IO).toList()
        assertThat(below).hasSize(3)
        Unit
    }

    @Test
    fun flow_unconfined_isCollected() = runBlocking {
        val quick = script.retry("base-delay=1ms budget=off")
        withContext(Dispatchers.Unconfined) {
            assertThat(script.emitting(2).retrying(quick, redeliver = true).toList()).hasSize(7)
        }
        Unit
    }

    @Test
    fun manyElements_needNoStack() = runBlocking {
        val sum = flow { repeat(100_000) { emit(1) } }.retrying(script.retry("total-timeout=off budget=off")).toList().sum()
        assertThat(sum).isEqualTo(100_000)
        Unit
    }

}
