package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.Attempt
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import dev.respite.time.VirtualTime
import java.io.IOException
import java.net.ConnectException
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What a suspending call does and returns. */
class SuspendingTest {

    private val recorder = Recorder()
    private val retry =
        Retry.withoutWarnings(RetryPolicy.parse("base-delay=1s jitter=none budget=off"), TimeSource.system()).withListener(recorder)
    private val attempts = mutableListOf<Attempt>()

    private suspend fun failTwice(attempt: Attempt): String {
        attempts += attempt
        delay(1)
        if (attempt.number() < 3) throw ConnectException("refused")
        return "value"
    }

    @Test
    fun suspending_failsTwice_returnsTheThirdValue() = runTest {
        assertThat(retry.suspending { failTwice(it) }).isEqualTo("value")
        assertThat(attempts.map { it.number() }).containsExactly(1, 2, 3)
        assertThat(attempts.map { it.elapsedNanos() / 1_000_000 }).containsExactly(0, 1_001, 3_002)
        assertThat(retry.counts().attempts()).isEqualTo(3)
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
    }

    @Test
    fun suspending_ofAFunctionReference_isACall() = runTest {
        assertThat(retry.suspending(::failTwice)).isEqualTo("value")
    }

    @Test
    fun suspending_succeedsAtOnce_neverSuspends() {
        var value: String? = null
        val work: suspend () -> String = { retry.suspending { "value" } }
        work.startCoroutine(Continuation(EmptyCoroutineContext) { value = it.getOrThrow() })
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun suspending_ofNull_returnsNull() = runTest {
        val value: String? = retry.suspending { attempt -> if (attempt.number() == 1) throw ConnectException() else null }
        assertThat(value).isNull()
        assertThat(recorder.ended().history().attempts()).isEqualTo(2)
    }

    @Test
    fun suspending_ofAValueThatThePolicyRejects_returnsTheLastOne() = runTest {
        val rejecting = retry.withPolicy(retry.policy().toBuilder().retryOnResult(null).build())
        var calls = 0
        val value: String? = rejecting.suspending {
            calls++
            null
        }
        assertThat(value).isNull()
        assertThat(calls).isEqualTo(3)
        assertThat(recorder.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED)
    }

    @Test
    fun suspending_inACoroutineWithoutAJob_isACall() {
        val time = VirtualTime()
        var value: String? = null
        val work: suspend () -> String = {
            Retry.withoutWarnings(retry.policy(), time).suspending { if (it.number() < 3) throw ConnectException() else "value" }
        }
        work.startCoroutine(Continuation(EmptyCoroutineContext) { value = it.getOrThrow() })
        assertThat(value).isNull()
        time.runAll()
        assertThat(value).isEqualTo("value")
    }

    /** Copies itself as kotlinx.coroutines would copy it: by its constructor. */
    class Copyable(message: String?, cause: Throwable?) : IOException(message, cause)

    /** The tests below mean nothing where stack traces are not recovered. */
    @Test
    fun recovery_ofStackTraces_isOn() = runBlocking {
        val failure = Copyable("failure", null)
        val copy = supervisorScope {
            val failing = async(Dispatchers.Default) { throw failure }
            runCatching { failing.await() }.exceptionOrNull()
        }
        assertThat(copy).isInstanceOf(Copyable::class.java).isNotSameAs(failure)
        Unit
    }

    @Test
    fun suspending_failsInTheEnd_throwsTheSameException() = runTest {
        val failure = Copyable("failure", ConnectException())
        val fatal = IllegalStateException("fatal", null)
        val always = retry.withPolicy(RetryPolicy.parse("retry-on=java.io.IOException budget=off"))
        assertThat(runCatching { always.suspending { throw failure } }.exceptionOrNull()).isSameAs(failure)
        assertThat(runCatching {
            always.suspending {
                yield()
                delay(10)
                throw failure
            }
        }.exceptionOrNull()).isSameAs(failure)
        assertThat(runCatching { retry.suspending { throw fatal } }.exceptionOrNull()).isSameAs(fatal)
        assertThat(failure.suppressed).isEmpty()
        assertThat(always.counts().attempts()).isEqualTo(3 + 3 + 1)
    }

    @Test
    fun suspending_failsOnAnotherThread_throwsTheSameException() = runBlocking {
        val failure = Copyable("failure", null)
        val quick = Retry.withoutWarnings(RetryPolicy.parse("retry-on=any base-delay=1ms budget=off"), TimeSource.system())
        val thrown = withContext(Dispatchers.Default) {
            runCatching {
                quick.suspending {
                    delay(1)
                    throw failure
                }
            }.exceptionOrNull()
        }
        assertThat(thrown).isSameAs(failure)
        Unit
    }

    @Test
    fun suspending_throwsAnError_isNotRetried() = runTest {
        val error = AssertionError("bug")
        assertThat(assertThrows<AssertionError> { retry.suspending { throw error } }).isSameAs(error)
        assertThat(recorder.ended().history().attempts()).isEqualTo(1)
    }

    @Test
    fun attempt_thatLaunches_endsWithWhatItHasLaunched() = runTest {
        val ended = mutableListOf<Int>()
        retry.suspending { attempt ->
            CoroutineScope(currentCoroutineContext()).launch {
                delay(500)
                ended += attempt.number()
            }
            if (attempt.number() == 1) throw ConnectException()
        }
        assertThat(ended).containsExactly(1, 2)
        assertThat(testScheduler.currentTime).isEqualTo(500 + 1_000 + 500)
    }

    @Test
    fun attempt_whoseLaunchedCoroutineFails_hasFailed() = runTest {
        val value = retry.suspending { attempt ->
            CoroutineScope(currentCoroutineContext()).launch {
                if (attempt.number() == 1) throw ConnectException()
            }
            attempt.number()
        }
        assertThat(value).isEqualTo(2)
    }

    @Test
    fun suspending_besideOthersInAScope_leavesThemAlone() = runTest {
        val values = supervisorScope {
            (1..3).map { number -> async { retry.suspending { if (it.number() <= number) throw ConnectException() else it.number() } } }
                .map { runCatching { it.await() }.getOrNull() }
        }
        assertThat(values).containsExactly(2, 3, null)
    }
}
