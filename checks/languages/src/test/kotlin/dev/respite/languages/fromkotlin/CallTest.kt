package dev.respite.languages.fromkotlin

import dev.respite.Retry
import dev.respite.call.CallResult
import dev.respite.call.Polling
import dev.respite.policy.RetryPolicy
import dev.respite.time.VirtualTime
import java.net.ConnectException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** The entry points of `dev.respite.call` as Kotlin calls them: no casts, explicit type arguments at most. */
class CallTest {

    private val time = VirtualTime()
    private val retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), time)
    private var attempts = 0

    private fun fetch(): String {
        attempts++
        if (attempts == 1) throw ConnectException("refused")
        return "value"
    }

    private fun fetchAsync(): CompletionStage<String> = CompletableFuture.completedFuture(fetch())

    @Test
    fun call_ofALambda_returnsItsResult() {
        val result = CallResult.call(retry) { fetch() }
        assertThat(result.orElse("other")).isEqualTo("value")
        assertThat(result.history().attempts()).isEqualTo(2)
    }

    @Test
    fun callAsync_ofALambda_completesWithItsResult() {
        val later = CallResult.callAsync(retry) { fetchAsync() }
        time.runAll()
        assertThat(later.join().orElse("other")).isEqualTo("value")
    }

    @Test
    fun callUntil_ofLambdas_infersTheValue() {
        val value = Polling.of(retry).callUntil<String, Exception>({ fetch() }) { it == "value" }
        assertThat(value).isEqualTo("value")
        assertThat(Polling.of(retry).callAsyncUntil(::fetchAsync) { it == "value" }.join()).isEqualTo("value")
    }

    @Test
    fun decorators_ofLambdasAndReferences_areCalls() {
    }
}
