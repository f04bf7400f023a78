package dev.respite.kotlin

import dev.respite.NestedRetries
import dev.respite.Retry
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.net.ConnectException
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Rule 23: calls inside an attempt do not multiply its attempts, wherever its coroutine goes on. */
class Rule23NestedCoroutinesDoNotMultiplyTest {

    private val recorder = Recorder()
    private val policy = RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off total-timeout=off")
    private val inner = Retry.withoutWarnings(policy, TimeSource.system())
    private val outer = Retry.withoutWarnings(policy, TimeSource.system()).withListener(recorder)
    private val bottom = AtomicInteger()

    private suspend fun fails(): String {
        bottom.incrementAndGet()
        delay(1)
        throw SuspendingTest.Copyable("down", ConnectException())
    }

    private fun assertThreeAttempts(call: suspend () -> Unit) {
        val failure = runBlocking { withContext(Dispatchers.Default) { runCatching { call() }.exceptionOrNull() } }
        assertThat(failure).isInstanceOf(SuspendingTest.Copyable::class.java)
        assertThat(bottom).hasValue(3)
        assertThat(recorder.reason()).isEqualTo(StopReason.ALREADY_RETRIED)
    }

    @Test
    fun suspending_inThreeLayersOfThree_runsThreeTimes() = assertThreeAttempts {
        outer.suspending { inner.suspending { inner.suspending { fails() } } }
    }

    @Test
    fun suspending_afterASuspension_isKnownToTheOuterCall() = assertThreeAttempts {
        outer.suspending {
            delay(5)
            withContext(Dispatchers.IO) {
                delay(5)
                inner.suspending { fails() }
            }
        }
    }

    @Test
    fun suspending_inALaunchedCoroutine_isKnownToTheOuterCall() = assertThreeAttempts {
        outer.suspending {
            coroutineScope {
                val first = async { inner.suspending { fails() } }
                first.await()
            }
        }
    }

    @Test
    fun suspending_afterTheFirstOuterAttempt_isKnownToTheOuterCall() {
        bottom.set(-1)
        assertThreeAttempts {
            outer.suspending { attempt ->
                if (attempt.number() == 1) fails()
                inner.suspending { fails() }
            }
        }
    }

    @Test
    fun blockingCall_inAnAttempt_isKnownToTheOuterCall() = assertThreeAttempts {
        outer.suspending {
            delay(5)
            withContext(Dispatchers.IO) { inner { runBlocking { fails() } } }
        }
    }

    @Test
    fun suspending_inABlockingCall_isKnownToTheOuterCall() = assertThreeAttempts {
        outer { runBlocking { inner.suspending { fails() } } }
    }

    @Test
    fun flow_inAnAttempt_isKnownToTheOuterCall() = assertThreeAttempts {
        outer.suspending { flow<String> { fails() }.retrying(inner).collect() }
    }

    @Test
    fun suspending_inAFlow_isKnownToIt() = assertThreeAttempts {
        flow { emit(inner.suspending { fails() }) }.retrying(outer).collect()
    }

    @Test
    fun hasGivenUp_inAnAttempt_findsTheInnerCall() {
        var known = false
        runBlocking(Dispatchers.Default) {
            outer.suspending {
                val failure = runCatching { inner.suspending { fails() } }.exceptionOrNull()
                withContext(Dispatchers.IO) { known = NestedRetries.hasGivenUp(failure!!) }
            }
        }
        assertThat(known).isTrue()
    }

    /** Two calls side by side that fail with one object are not nested. */
    @Test
    fun suspending_besideAnotherThatGaveUpOnTheSameObject_isRetried() = runBlocking {
        val shared = ConnectException("the same for all")
        repeat(3) {
            runCatching { inner.suspending { throw shared } }
            runCatching {
                inner.suspending {
                    bottom.incrementAndGet()
                    throw shared
                }
            }
        }
        assertThat(bottom).hasValue(9)
        Unit
    }
}
