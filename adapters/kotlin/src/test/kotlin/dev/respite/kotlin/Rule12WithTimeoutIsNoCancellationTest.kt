package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.outcome.ErrorKind
import dev.respite.outcome.Outcome
import dev.respite.outcome.StopReason
import dev.respite.outcome.Verdict
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import dev.respite.time.VirtualTime
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Rule 12: a cancellation is not retried; the timeout of `withTimeout`, which is one by its class, is. */
class Rule12WithTimeoutIsNoCancellationTest {

    private val recorder = Recorder()
    private val retry = retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
    private var attempts = 0

    private fun retry(policy: String) = Retry.withoutWarnings(RetryPolicy.parse(policy), TimeSource.system()).withListener(recorder)

    private fun TestScope.now() = testScheduler.currentTime

    private fun kinds() = recorder.events.filterIsInstance<RetryEvent.AttemptFailed>().map { it.kind() }

    @Test
    fun withTimeout_insideAnAttempt_isRetriedAsATimeout() = runTest {
        val failure = runCatching {
            retry.suspending {
                attempts++
                withTimeout(100) { awaitCancellation() }
            }
        }.exceptionOrNull()
        assertThat(failure).isInstanceOf(TimeoutCancellationException::class.java)
        assertThat(attempts).isEqualTo(3)
        assertThat(kinds()).containsOnly(ErrorKind.TIMEOUT)
        assertThat(recorder.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED)
        assertThat(now()).isEqualTo(3 * 100 + 1_000 + 2_000)
    }

    @Test
    fun withTimeout_insideAnAttempt_mayPass() = runTest {
        val value = retry.suspending { attempt ->
            withTimeout(100) {
                if (attempt.number() == 1) awaitCancellation()
                "value"
            }
        }
        assertThat(value).isEqualTo("value")
    }

    /** The facts of the real class: also where the driver is not ours. */
    @Test
    fun timeoutCancellation_inEveryDriver_isATimeoutAndNoCancellation() {
        val failure = runBlocking { runCatching { withTimeout(1) { awaitCancellation() } }.exceptionOrNull()!! }
        assertThat(failure).isInstanceOf(CancellationException::class.java)
        val policy = RetryPolicy.defaults()
        assertThat(policy.classify(Outcome.failure<Any>(failure))).isEqualTo(Verdict.transientError(ErrorKind.TIMEOUT))
        assertThat(policy.classify(Outcome.failure<Any>(IllegalStateException(failure))))
            .isEqualTo(Verdict.transientError(ErrorKind.TIMEOUT))
        assertThat(policy.classify(Outcome.failure<Any>(CancellationException("cancelled", failure))))
            .isInstanceOf(Verdict.Fatal::class.java)

        val time = VirtualTime()
        val blocking = Retry.withoutWarnings(RetryPolicy.parse("budget=off"), time)
        val value = blocking { if (it.number() == 1) throw failure else it.number() }
        assertThat(value).isEqualTo(2)
        val call: CompletableFuture<Int> = blocking.callAsyncWithAttempt { attempt ->
            CoroutineScope(Dispatchers.Unconfined).future { if (attempt.number() == 1) throw failure else attempt.number() }
        }
        time.runAll()
        assertThat(call.join()).isEqualTo(2)
        assertThat(retryPolicy { retryOn(TimeoutCancellationException::class) }).isNotNull()
    }
}
