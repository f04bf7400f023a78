package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.outcome.ErrorKind
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import dev.respite.time.VirtualTime
import java.io.IOException
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeoutException
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.future
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The limits of time, of an attempt and of a call. */
class TimeoutTest {

    private val recorder = Recorder()
    private val retry = retry("base-delay=1s jitter=none budget=off attempt-timeout=2s")
    private var attempts = 0

    private fun retry(policy: String) = Retry.withoutWarnings(RetryPolicy.parse(policy), TimeSource.system()).withListener(recorder)

    private fun TestScope.now() = testScheduler.currentTime

    private fun kinds() = recorder.events.filterIsInstance<RetryEvent.AttemptFailed>().map { it.kind() }

    @Test
    fun attempt_thatIsTooLate_isCancelledAndRetried() = runTest {
        val failure = runCatching {
            retry.suspending {
                attempts++
                delay(60_000)
            }
        }.exceptionOrNull()
        assertThat(failure).isInstanceOf(TimeoutException::class.java).hasMessage("no result within 2s")
        assertThat(failure!!.suppressed).isEmpty()
        assertThat(attempts).isEqualTo(3)
        assertThat(kinds()).containsOnly(ErrorKind.TIMEOUT)
        assertThat(now()).isEqualTo(3 * 2_000 + 1_000 + 2_000)
    }

    @Test
    fun attempt_thatIsTooLateOnce_isFollowedByAnother() = runTest {
        val value = retry.suspending { attempt ->
            if (attempt.number() == 1) awaitCancellation()
            "value"
        }
        assertThat(value).isEqualTo("value")
        assertThat(now()).isEqualTo(3_000)
    }

    @Test
    fun attempt_thatThrowsAnotherExceptionWhenItIsCancelled_hasTimedOut() = runTest {
        val closed = IOException("closed")
        val failure = runCatching {
            retry.suspending {
                try {
                    awaitCancellation()
                } catch (_: CancellationException) {
                    throw closed
                }
            }
        }.exceptionOrNull()
        assertThat(failure).isInstanceOf(TimeoutException::class.java)
        assertThat(failure!!.suppressed).containsExactly(closed)
    }

    @Test
    fun attempt_thatThrowsAnErrorWhenItIsCancelled_hasThrownThat() = runTest {
        val bug = AssertionError("bug")
        val failure = runCatching {
            retry.suspending {
                try {
                    awaitCancellation()
                } finally {
                    throw bug
                }
            }
        }.exceptionOrNull()
        assertThat(failure).isSameAs(bug)
        assertThat(recorder.ended().history().attempts()).isEqualTo(1)
    }

    @Test
    fun attempt_thatReturnsWhenItsTimeIsUp_hasReturned() = runTest {
        val value = retry.suspending {
            attempts++
            withContext(NonCancellable) { delay(3_000) }
            "value"
        }
        assertThat(value).isEqualTo("value")
        assertThat(attempts).isEqualTo(1)
    }

    @Test
    fun attempt_thatIgnoresItsCancellation_isNotOverBeforeItEnds() = runTest {
        val began = mutableListOf<Long>()
        runCatching {
            retry.suspending {
                began += now()
                withContext(NonCancellable) { delay(5_000) }
                throw IOException("broken pipe")
            }
        }
        assertThat(began).containsExactly(0L, 6_000L, 13_000L)
        assertThat(recorder.ended().history().attempts()).isEqualTo(3)
    }

    @Test
    fun attempt_whoseLaunchedCoroutineIsTooLate_isCancelledWithIt() = runTest {
        var cancelled = 0
        retry.suspending { attempt ->
            attempts++
            CoroutineScope(currentCoroutineContext()).launch {
                try {
                    if (attempt.number() == 1) awaitCancellation()
                } finally {
                    if (attempt.number() == 1) cancelled++
                }
            }
        }
        assertThat(cancelled).isEqualTo(1)
        assertThat(attempts).`as`("the work itself has returned").isEqualTo(1)
        assertThat(now()).isEqualTo(2_000)
    }

    @Test
    fun call_thatExceedsItsTotalTimeout_endsThen() = runTest {
        val failure = runCatching {
            retry("base-delay=1s jitter=none budget=off total-timeout=5s").suspending {
                attempts++
                delay(2_500)
                throw ConnectException()
            }
        }.exceptionOrNull()
        assertThat(failure).isInstanceOf(TimeoutException::class.java).hasMessage("no result within 1.5s")
        assertThat(now()).isEqualTo(5_000)
        assertThat(attempts).isEqualTo(2)
        assertThat(recorder.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT)
    }

    /** A busy dispatcher shortens the total timeout and leaves the attempt timeout as it is. The second attempt begins at 6 s. */
    @ParameterizedTest
    @CsvSource("10s, 8", "7s, 7")
    fun attempt_thatWaitsForItsDispatcher_hasItsOwnTimeInWholeWithinTheTotal(total: String, end: Long) {
        val time = VirtualTime()
        val queue = ArrayDeque<Runnable>()
        val late = Retry.withoutWarnings(RetryPolicy.parse("base-delay=1s jitter=none budget=off attempt-timeout=2s total-timeout=$total"), time)
        val dispatcher = Executor { queue.add(it) }.let { executor ->
            object : CoroutineDispatcher() {
                override fun dispatch(context: CoroutineContext, block: Runnable) = executor.execute(block)
            }
        }
        val ended = mutableListOf<Long>()
        val call = CoroutineScope(dispatcher).future {
            late.suspending {
                try {
                    awaitCancellation()
                } finally {
                    ended += Duration.ofNanos(time.nanoTime()).toSeconds()
                }
            }
        }
        fun runQueue() {
            while (queue.isNotEmpty()) queue.removeFirst().run()
        }
        runQueue()
        time.advance(Duration.ofSeconds(2))
        runQueue()
        time.advance(Duration.ofSeconds(4))
        runQueue()
        repeat(40) {
            time.advance(Duration.ofMillis(250))
            runQueue()
        }
        assertThat(call).isCompletedExceptionally()
        assertThat(ended).containsExactly(2L, end)
    }

    @Test
    fun scheduler_thatIsShutDown_endsTheAttempt() = runBlocking {
        val scheduler = Executors.newSingleThreadScheduledExecutor()
        val own = Retry.withoutWarnings(RetryPolicy.parse("attempt-timeout=20s budget=off"), TimeSource.on({ Thread(it).start() }, scheduler))
        val began = CountDownLatch(1)
        val thread = Thread {
            began.await()
            scheduler.shutdownNow()
        }
        thread.start()
        val failure = runCatching {
            own.suspending {
                attempts++
                began.countDown()
                awaitCancellation()
            }
        }.exceptionOrNull()
        assertThat(failure).isInstanceOf(RejectedExecutionException::class.java)
        assertThat(attempts).isEqualTo(1)
        thread.join()
    }
}
