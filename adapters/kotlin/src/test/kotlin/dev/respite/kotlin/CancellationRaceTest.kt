package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.outcome.StopReason
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.net.ConnectException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration.Companion.microseconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Attempts, delays, timeouts and cancellations meet on several threads: every call ends once, and nothing runs after that. */
class CancellationRaceTest {

    private val rounds = 3_000
    private val retry = Retry.withoutWarnings(
        RetryPolicy.parse("base-delay=20us max-delay=100us total-timeout=1m attempt-timeout=300us budget=off"),
        TimeSource.system()
    )
    private val running = AtomicInteger()
    private val afterTheEnd = AtomicInteger()

    private suspend fun attempt(random: Random) {
        running.incrementAndGet()
        try {
            when (random.nextInt(4)) {
                0 -> yield()
                1 -> withContext(Dispatchers.IO) { yield() }
                2 -> delay(random.nextInt(2_000).microseconds)
            }
            if (random.nextInt(3) != 0) throw ConnectException()
        } finally {
            running.decrementAndGet()
        }
    }

    private fun race(call: suspend (Random) -> Unit) = runBlocking(Dispatchers.Default) {
        repeat(rounds) { round ->
            val random = Random(round)
            val job = launch { runCatching { call(random) } }
            when (random.nextInt(3)) {
                0 -> yield()
                1 -> delay(random.nextInt(1_500).microseconds)
                2 -> job.join()
            }
            withTimeout(60_000) { job.cancelAndJoin() }
            afterTheEnd.addAndGet(running.get())
        }
        assertThat(afterTheEnd).hasValue(0)
        val counts = retry.counts()
        assertThat(counts.endings().values.sum()).`as`("ends").isEqualTo(counts.calls())
        assertThat(counts.ended(StopReason.CANCELLED)).isPositive()
        assertThat(counts.ended(StopReason.ACCEPTED)).isPositive()
        assertThat(counts.ended(StopReason.ATTEMPTS_EXHAUSTED)).isPositive()
        Unit
    }

    @Test
    fun suspending_cancelledAtAnyMoment_endsOnce() = race { random -> retry.suspending { attempt(random) } }

    @Test
    fun flow_cancelledAtAnyMoment_endsOnce() = race { random ->
        flow {
            attempt(random)
            emit(1)
            attempt(random)
        }.retrying(retry, redeliver = true).collect { yield() }
    }
}
