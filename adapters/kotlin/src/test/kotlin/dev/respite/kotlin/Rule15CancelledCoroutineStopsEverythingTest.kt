package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.io.IOException
import java.net.ConnectException
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** A coroutine that is cancelled makes no further attempt, and ends as coroutines do. */
class Rule15CancelledCoroutineStopsEverythingTest {

    private val recorder = Recorder()
    private val retry =
        Retry.withoutWarnings(
            RetryPolicy.parse("base-delay=1s jitter=none budget=success:0.5/3/1 retry-on=any attempt-timeout=20s"),
            TimeSource.system()
        ).withListener(recorder)
    private var attempts = 0

    private fun TestScope.now() = testScheduler.currentTime

    @Test
    fun cancel_inADelay_endsTheCallAtOnce() = runTest {
        val job = launch {
            retry.suspending {
                attempts++
                throw ConnectException()
            }
        }
        delay(10)
        job.cancelAndJoin()
        assertThat(now()).isEqualTo(10)
        assertThat(attempts).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
        assertThat(retry.budget().retriesLeft()).`as`("the retry was not made").isEqualTo(3.0)
        delay(60_000)
        assertThat(attempts).isEqualTo(1)
    }

    @Test
    fun cancel_inAnAttempt_cancelsItAndMakesNoOther() = runTest {
        var cancelled: Throwable? = null
        val job = launch {
            retry.suspending {
                attempts++
                try {
                    awaitCancellation()
                } catch (e: CancellationException) {
                    cancelled = e
                    throw e
                }
            }
        }
        runCurrent()
        job.cancel(CancellationException("enough"))
        job.join()
        assertThat(cancelled).hasMessage("enough")
        assertThat(attempts).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
        assertThat(now()).isZero()
    }

    @Test
    fun cancel_inAnAttemptThatThrowsAnotherException_throwsItUnmodified() = runTest {
        val failure = SuspendingTest.Copyable("closed", null)
        var thrown: Throwable? = null
        val job = launch {
            try {
                retry.suspending {
                    attempts++
                    try {
                        awaitCancellation()
                    } catch (_: CancellationException) {
                        throw failure
                    }
                }
            } catch (e: IOException) {
                thrown = e
            }
        }
        runCurrent()
        job.cancelAndJoin()
        assertThat(thrown).isSameAs(failure)
        assertThat(attempts).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun cancel_inAnAttemptThatReturnsNevertheless_returnsTheValue() = runTest {
        var value: String? = null
        val job = launch {
            value = retry.suspending { withContext(NonCancellable) { delay(100) }.let { "value" } }
        }
        runCurrent()
        job.cancelAndJoin()
        assertThat(value).isEqualTo("value")
        assertThat(recorder.reason()).isEqualTo(StopReason.ACCEPTED)
    }

    @Test
    fun cancel_inAnAttemptThatIgnoresIt_waitsForItsEnd() = runTest {
        val job = launch {
            runCatching {
                retry.suspending {
                    attempts++
                    withContext(NonCancellable) { delay(500) }
                    throw ConnectException()
                }
            }
        }
        runCurrent()
        job.cancelAndJoin()
        assertThat(now()).isEqualTo(500)
        assertThat(attempts).isEqualTo(1)
    }

    @Test
    fun suspending_inACoroutineThatIsCancelled_makesNoCall() = runTest {
        var thrown: Throwable? = null
        launch {
            coroutineContext.job.cancel()
            try {
                retry.suspending { attempts++ }
            } catch (e: CancellationException) {
                thrown = e
            }
        }.join()
        assertThat(thrown).isNotNull()
        assertThat(attempts).isZero()
        assertThat(retry.counts().calls()).isZero()
    }

    @Test
    fun siblingThatFails_cancelsTheCall() = runTest {
        val failure = runCatching {
            coroutineScope {
                launch { retry.suspending { awaitCancellation() } }
                delay(10)
                throw IllegalStateException("sibling")
            }
        }.exceptionOrNull()
        assertThat(failure).hasMessage("sibling")
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    /** A cancellation of another coroutine than the caller's is a failure like others, but never retried. */
    @Test
    fun attempt_thatAwaitsACancelledCoroutine_isNotRetried() = runTest {
        val thrown = supervisorScope {
            val other = async<String> { awaitCancellation() }
            other.cancel(CancellationException("other"))
            runCatching {
                retry.suspending {
                    attempts++
                    other.await()
                }
            }.exceptionOrNull()
        }
        assertThat(thrown).isInstanceOf(CancellationException::class.java).hasMessage("other")
        assertThat(attempts).isEqualTo(1)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun callersTimeout_inADelay_endsTheCallAsATimeoutOfTheCaller() = runTest {
        val value: String? = withTimeoutOrNull(1_500) {
            retry.suspending<String> {
                attempts++
                throw ConnectException()
            }
        }
        assertThat(value).isNull()
        assertThat(attempts).isEqualTo(2)
        assertThat(now()).isEqualTo(1_500)
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }

    @Test
    fun callersTimeout_inAnAttempt_isNotRetried() = runTest {
        val value = withTimeoutOrNull(1_500) {
            retry.suspending {
                attempts++
                delay(60_000)
            }
        }
        assertThat(value).isNull()
        assertThat(attempts).isEqualTo(1)
        assertThat(now()).isEqualTo(1_500)
    }

    @Test
    fun cancel_whileTheAttemptIsAlsoTooLate_endsAsCancelled() = runTest {
        val began = CompletableDeferred<Unit>()
        var thrown: Throwable? = null
        val job = launch {
            try {
                retry.suspending {
                    began.complete(Unit)
                    try {
                        awaitCancellation()
                    } finally {
                        withContext(NonCancellable) { delay(1_000) }
                    }
                }
            } catch (e: Throwable) {
                thrown = e
                throw e
            }
        }
        began.await()
        delay(20_500)
        job.cancelAndJoin()
        assertThat(thrown).isInstanceOf(CancellationException::class.java).isNotInstanceOf(TimeoutException::class.java)
        assertThat(thrown).hasMessageNotContaining("attempt")
        assertThat(recorder.reason()).isEqualTo(StopReason.CANCELLED)
    }
}
