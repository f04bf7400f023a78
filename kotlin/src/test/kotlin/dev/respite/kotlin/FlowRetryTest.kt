package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.outcome.ErrorKind
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.io.IOException
import java.net.ConnectException
import java.util.concurrent.Executors
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.onEach
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

/** A flow that is collected again: rules 27 and 28 hold for its collector. */
class FlowRetryTest {

    private val recorder = Recorder()
    private val retry = retry("base-delay=1s jitter=none budget=off")
    private val failure = SuspendingTest.Copyable("broken", ConnectException("reset"))
    private val received = mutableListOf<Int>()
    private var collections = 0

    private fun retry(policy: String) = Retry.silent(RetryPolicy.parse(policy), TimeSource.system()).withListener(recorder)

    private fun TestScope.now() = testScheduler.currentTime

    /** Emits so many elements before each of its first two collections fails, and then three. */
    private fun failing(elements: Int): Flow<Int> = flow {
        collections++
        if (collections < 3) {
            repeat(elements) { emit(100 * collections + it) }
            throw failure
        }
        repeat(3) { emit(100 * collections + it) }
    }

    @Test
    fun flow_failsBeforeItsFirstElement_isCollectedAgain() = runTest {
        assertThat(failing(0).retrying(retry).toList()).containsExactly(300, 301, 302)
        assertThat(now()).isEqualTo(3_000)
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
        assertThat(retry.counts().attempts()).isEqualTo(3)
    }

    @Test
    fun flow_failsAfterItsFirstElement_isNotCollectedAgain() = runTest {
        val thrown = runCatching { failing(1).retrying(retry).collect { received += it } }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(received).containsExactly(100)
        assertThat(recorder.reason()).isEqualTo(StopReason.PARTLY_DELIVERED)
        assertThat(recorder.events.filterIsInstance<RetryEvent.AttemptFailed>().single().kind()).isEqualTo(ErrorKind.CONNECT)
    }

    @Test
    fun flow_failsAfterElementsThatMayBeRedelivered_isCollectedAgain() = runTest {
        assertThat(failing(2).retrying(retry, redeliver = true).toList())
            .containsExactly(100, 101, 200, 201, 300, 301, 302)
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
    }

    @Test
    fun flow_failsInTheEnd_throwsTheSameException() = runTest {
        val thrown = runCatching {
            flow<Int> {
                collections++
                throw failure
            }.retrying(retry).collect()
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(collections).isEqualTo(3)
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
    fun collector_thatFails_isNotRetriedAndThrowsTheSameException() = runTest {
        val thrown = runCatching { failing(1).retrying(retry).collect { throw failure } }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(collections).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun operator_belowThatFails_isNotRetried() = runTest {
        val thrown = runCatching {
            failing(0).retrying(retry, redeliver = true).map { throw failure }.collect()
        }.exceptionOrNull()
        assertThat(thrown).isSameAs(failure)
        assertThat(collections).isEqualTo(3)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun operator_aboveThatFails_isRetried() = runTest {
        val values = flowOf(1).map { if (++collections < 3) throw failure else it }.retrying(retry).toList()
        assertThat(values).containsExactly(1)
    }

    @Test
    fun catch_belowIt_seesTheLastFailureAndRecovers() = runTest {
        val values = failing(1).retrying(retry).catch {
            assertThat(it).isSameAs(failure)
            emit(-1)
        }.toList()
        assertThat(values).containsExactly(100, -1)
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
        val job = launch { failing(0).retrying(retry).collect() }
        delay(10)
        job.cancelAndJoin()
        assertThat(now()).isEqualTo(10)
        assertThat(collections).isEqualTo(1)
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
        val timed = retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val values = flow {
            if (++collections == 1) awaitCancellation()
            emit(collections)
        }.retrying(timed).toList()
        assertThat(values).containsExactly(2)
        assertThat(now()).isEqualTo(3_000)
    }

    @Test
    fun attempt_thatIsTooLateAfterItsFirstElement_endsTheFlow() = runTest {
        val timed = retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val thrown = runCatching {
            flow {
                emit(1)
                awaitCancellation()
            }.retrying(timed).collect { received += it }
        }.exceptionOrNull()
        assertThat(thrown).isInstanceOf(TimeoutException::class.java)
        assertThat(received).containsExactly(1)
        assertThat(now()).isEqualTo(2_000)
        assertThat(recorder.reason()).isEqualTo(StopReason.PARTLY_DELIVERED)
    }

    /** The collector's work is the collector's: no timeout of an attempt cancels it. */
    @Test
    fun collector_thatIsSlow_isNotCancelledByTheTimeoutOfAnAttempt() = runTest {
        val timed = retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
        val values = flow {
            emit(++collections)
        }.retrying(timed, redeliver = true).onEach {
            if (it == 1) delay(5_000)
            received += it
        }.toList()
        assertThat(received).containsExactly(1, 2)
        assertThat(values).containsExactly(1, 2)
    }

    @Test
    fun withTimeout_insideTheFlow_isRetriedAsATimeout() = runTest {
        val values = flow {
            withTimeout(100) { if (++collections < 3) awaitCancellation() }
            emit(collections)
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
                            if (++collections < 3) throw failure
                            emit(1)
                        }.retrying(retry("base-delay=1ms budget=off")).collect {
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
        val quick = retry("base-delay=1ms budget=off")
        val values = failing(0).map { it to Thread.currentThread().name }.flowOn(Dispatchers.IO).retrying(quick).toList()
        assertThat(values.map { it.first }).containsExactly(300, 301, 302)
        val below = failing(0).retrying(quick).flowOn(Dispatchers.IO).toList()
        assertThat(below).hasSize(3)
        Unit
    }

    @Test
    fun flow_unconfined_isCollected() = runBlocking {
        val quick = retry("base-delay=1ms budget=off")
        withContext(Dispatchers.Unconfined) {
            assertThat(failing(2).retrying(quick, redeliver = true).toList()).hasSize(7)
        }
        Unit
    }

    @Test
    fun manyElements_needNoStack() = runBlocking {
        val sum = flow { repeat(100_000) { emit(1) } }.retrying(retry("total-timeout=off budget=off")).toList().sum()
        assertThat(sum).isEqualTo(100_000)
        Unit
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
}
