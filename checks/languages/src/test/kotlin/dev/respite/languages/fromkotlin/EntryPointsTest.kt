package dev.respite.languages.fromkotlin

import dev.respite.BreakerPerAttempt
import dev.respite.hedge.Hedge
import dev.respite.Retry
import dev.respite.time.VirtualTime
import dev.respite.outcome.Attempt
import dev.respite.policy.RetryPolicy
import dev.respite.outcome.Verdict
import java.io.IOException
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** Every entry point of the core as Kotlin calls it: explicit type arguments at most. Each call fails once and is retried. */
class EntryPointsTest {

    private val time = VirtualTime()
    private val retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), time)
    private val perAttempt = BreakerPerAttempt.of(retry, AlwaysClosed)
    private val hedge = Hedge.of(retry, Duration.ofMillis(10))
    private var attempts = 0

    private fun fetch(): String {
        attempts++
        if (attempts == 1) throw ConnectException("refused")
        return "value"
    }

    private fun fetch(attempt: Attempt): String = fetch() + " of attempt " + attempt.number()

    private fun fetchAsync(): CompletionStage<String> = CompletableFuture.completedFuture(fetch())

    private fun fetchAsync(attempt: Attempt): CompletionStage<String> = CompletableFuture.completedFuture(fetch(attempt))

    private fun valueOf(call: CompletableFuture<String>): String {
        time.runAll()
        return call.join()
    }

    @AfterEach
    fun everyCall_ofATest_madeTwoAttempts() {
        assertThat(attempts).isEqualTo(2)
        assertThat(retry.counts().attempts()).isEqualTo(2)
    }

    @Test
    fun call_ofALambda_needsTheTypeOfItsValue() {
        val value: String = retry.call<String> { fetch() }
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_ofALambda_mayNameTheException() {
        val value: String = retry.call<String, IOException> { fetch() }
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_ofANullableValue_isNullable() {
        val value: String? = retry.call<String?> { fetch().takeIf { it.isEmpty() } }
        assertThat(value).isNull()
    }

    @Test
    fun call_ofAFunctionReference_needsTheTypeOfItsValue() {
        val value: String = retry.call<String>(::fetch)
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_ofAFunctionVariable_needsTheTypeOfItsValue() {
        val variable: () -> String = ::fetch
        val value: String = retry.call<String>(variable)
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_ofACallable_needsNothing() {
        val variable = Callable { fetch() }
        val value: String = retry.call(variable)
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_insideAGenericFunction_keepsItsType() {
        fun <T : Any> resilient(work: () -> T): T = retry.call<T> { work() }
        val value: String = resilient { fetch() }
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun call_thatFails_throwsWhatWasThrown() {
        val last = IllegalStateException("state")
        assertThatThrownBy {
            retry.call<String> {
                attempts++
                throw if (attempts == 1) ConnectException("refused") else last
            }
        }.isSameAs(last)
    }

    @Test
    fun run_ofALambda_needsAnException() {
        retry.run<Exception> { fetch() }
    }

    @Test
    fun callWithAttempt_ofALambda_seesItsAttempt() {
        val value: String = retry.callWithAttempt<String, IOException> { attempt -> fetch(attempt) }
        assertThat(value).isEqualTo("value of attempt 2")
    }

    @Test
    fun callInterruptibly_ofALambda_needsTheTypeOfItsValue() {
        val value: String = retry.callWithInterrupt<String> { fetch() }
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun callAsync_ofALambda_needsNothing() {
        assertThat(valueOf(retry.callAsync { fetchAsync() })).isEqualTo("value")
    }

    @Test
    fun callAsync_ofAFunctionReference_needsNothing() {
        val work: () -> CompletionStage<String> = ::fetchAsync
        assertThat(valueOf(retry.callAsync(work))).isEqualTo("value")
    }

    @Test
    fun callAsyncWithAttempt_ofALambda_seesItsAttempt() {
        val call = retry.callAsyncWithAttempt { attempt -> fetchAsync(attempt) }
        assertThat(valueOf(call)).isEqualTo("value of attempt 2")
    }

    @Test
    fun breakerPerAttempt_call_needsTheTypeOfItsValue() {
        val value: String = perAttempt.call<String> { fetch() }
        assertThat(value).isEqualTo("value")
    }

    @Test
    fun breakerPerAttempt_run_needsAnException() {
        perAttempt.run<Exception> { fetch() }
    }

    @Test
    fun breakerPerAttempt_callWithAttempt_seesItsAttempt() {
        val value: String = perAttempt.callWithAttempt<String, IOException> { attempt -> fetch(attempt) }
        assertThat(value).isEqualTo("value of attempt 2")
    }

    @Test
    fun breakerPerAttempt_callAsync_needsNothing() {
        assertThat(valueOf(perAttempt.callAsync { fetchAsync() })).isEqualTo("value")
    }

    @Test
    fun breakerPerAttempt_callAsyncWithAttempt_seesItsAttempt() {
        val call = perAttempt.callAsyncWithAttempt { attempt -> fetchAsync(attempt) }
        assertThat(valueOf(call)).isEqualTo("value of attempt 2")
    }

    @Test
    fun callIdempotent_ofALambda_needsNothing() {
        assertThat(valueOf(hedge.callIdempotent { fetchAsync() })).isEqualTo("value")
    }

    @Test
    fun callIdempotentWithAttempt_ofALambda_seesItsAttempt() {
        val call = hedge.callIdempotentWithAttempt { attempt -> fetchAsync(attempt) }
        assertThat(valueOf(call)).isEqualTo("value of attempt 2")
    }

    @Test
    fun configuration_ofLambdas_needsNothing() {
        val events = mutableListOf<String>()
        val configured = retry
            .withListener { event -> events.add(event.name()) }
            .withContext { task -> Runnable { task.run() } }
            .withPolicy(
                retry.policy().withClassifier { outcome ->
                    if (outcome.toString().contains("value")) Verdict.accept() else retry.policy().classifier().classify(outcome)
                },
            )
            .withName("kotlin")
        assertThat(configured.call<String> { fetch() }).isEqualTo("value")
        assertThat(events).contains("kotlin")
        // The counts of a name of its own begin anew.
        retry.call<String> { "one" }
        retry.call<String> { "two" }
    }
}
