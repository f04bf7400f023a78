package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.lang.management.ManagementFactory
import java.net.ConnectException
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Calls that wait hold no thread. */
class WaitingCallsTest {

    private val count = 10_000

    private fun threads() = ManagementFactory.getThreadMXBean().threadCount

    private fun assertHoldsNoThread(retry: Retry, waits: () -> Boolean, release: suspend () -> Unit) {
        val failed = AtomicInteger()
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { dispatcher ->
            val values = runBlocking(dispatcher) {
                val before = threads()
                val calls = List(count) { number ->
                    async {
                        retry.suspending { attempt ->
                            if (attempt.number() == 1) {
                                failed.incrementAndGet()
                                throw ConnectException()
                            }
                            number
                        }
                    }
                }
                // All of them have failed once when this coroutine gets the only thread again.
                yield()
                assertThat(failed).hasValue(count)
                // On a busy machine the timer is late.
                while (!waits()) {
                    delay(1.milliseconds)
                }
                assertThat(threads() - before).isLessThan(20)
                release()
                calls.awaitAll()
            }
            assertThat(values).isEqualTo(List(count) { it })
        }
    }

    @Test
    fun tenThousandCalls_inADelay_holdNoThread() {
        val retry = Retry.withoutWarnings(RetryPolicy.parse("base-delay=1s jitter=none budget=off"), TimeSource.system())
        assertHoldsNoThread(retry, waits = { true }) {}
        assertThat(retry.counts().attempts()).isEqualTo(2L * count)
    }

    @Test
    fun tenThousandCalls_thatWaitForTheBudget_holdNoThread() {
        val retry = Retry.withoutWarnings(
            RetryPolicy.parse("base-delay=0ms max-delay=1ms budget=success:0.01/1/1 budget-wait=1h/20000 total-timeout=2h"),
            TimeSource.system()
        )
        assertHoldsNoThread(retry, waits = { retry.counts().budgetWaits().waiting() > count - 100L }) {
            while (retry.counts().budgetWaits().waiting() > 0) {
                retry.suspending { }
                yield()
            }
        }
    }
}
