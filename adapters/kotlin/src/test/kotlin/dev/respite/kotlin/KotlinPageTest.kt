package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.policy.BackoffKind
import dev.respite.policy.InvalidPolicyException
import dev.respite.policy.Jitter
import dev.respite.policy.RetryPolicy
import java.net.ConnectException
import java.net.SocketException
import java.net.SocketTimeoutException
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** The blocks of `docs/kotlin.md` are the regions of this file, and print what stands below them. */
class KotlinPageTest {

    private val page = Path.of("../../docs/kotlin.md").readText()
    private val printed = mutableListOf<String>()

    private fun println(line: Any?) {
        printed += line.toString().lines()
    }

    /** A service that times out once, refuses a connection once, and then returns a price. */
    class Quotes {
        private var requests = 0

        private fun request() {
            requests++
            if (requests == 1) throw SocketTimeoutException("Read timed out")
            if (requests == 2) throw ConnectException("Connection refused")
        }

        suspend fun fetch(symbol: String): String = fetchBlocking(symbol)

        fun fetchBlocking(symbol: String): String {
            request()
            return "$symbol 101.25"
        }

        fun prices(symbol: String): Flow<String> = flow {
            fetchBlocking(symbol)
            emit("101.25")
            emit("101.50")
        }
    }

    @Test
    fun suspending() = runBlocking {
        // region
        val retry = Retry.withDefaults().withListener { event ->
            if (event is RetryEvent.CallEnded) println(event.history())
        }
        val service = Quotes()
        val quote = retry.suspending { service.fetch("ACME") }
        println(quote)
        // endregion
    }

    @Test
    fun blocking() {
        // region
        val retry = Retry.withDefaults()
        val service = Quotes()
        val quote = retry { attempt -> service.fetchBlocking("ACME") + " at attempt " + attempt.number() }
        println(quote)
        // endregion
    }

    @Test
    fun flows() = runBlocking {
        // region
        val retry = Retry.withDefaults()
        val service = Quotes()
        service.prices("ACME").retrying(retry).collect { println(it) }
        // endregion
    }

    @Test
    fun partlyDelivered() = runBlocking {
        // region
        val retry = Retry.withDefaults()
        val broken = flow {
            emit("first")
            throw SocketException("Connection reset")
        }
        try {
            broken.retrying(retry).collect { println(it) }
        } catch (failure: SocketException) {
            println("${failure.message}: ${retry.counts().endings()}")
        }
        // endregion
    }

    @Test
    fun policies() {
        // region
        val policy = retryPolicy {
            maxAttempts = 4
            baseDelay = 50.milliseconds
            totalTimeout = 10.seconds
            retryOn("409")
            on("503") { maxAttempts = 2 }
        }
        println(policy == RetryPolicy.parse("max-attempts=4 base-delay=50ms total-timeout=10s retry-on=409 on.503.max-attempts=2"))
        try {
            retryPolicy { maxAttempts = 0 }
        } catch (refused: InvalidPolicyException) {
            println(refused.message)
        }
        // endregion
    }

    @Test
    fun tests() {
        // region
        runTest {
            val retry = Retry.of(retryPolicy {
                backoff = BackoffKind.FIXED
                baseDelay = 10.minutes
                maxDelay = 10.minutes
                totalTimeout = 1.hours
                jitter = Jitter.none()
            })
            val service = Quotes()
            println(retry.suspending { service.fetch("ACME") })
            println("after ${testScheduler.currentTime.milliseconds}")
        }
        // endregion
    }

    /** Times differ from run to run. */
    private fun withoutTimes(text: String) = text.replace(Regex("[0-9.]+ ?(us|ms|s)\\b"), "…")

    @AfterEach
    fun output_ofEachRegion_standsBelowItsBlock() {
        if (printed.isNotEmpty()) {
            val outputs = Regex("```kotlin\n.*?```\n\n```text\n(.*?)\n```", RegexOption.DOT_MATCHES_ALL)
                .findAll(page).map { withoutTimes(it.groupValues[1]) }.toList()
            assertThat(outputs).contains(withoutTimes(printed.joinToString("\n")))
        }
    }

    @Test
    fun blocks_ofThePage_areTheRegionsOfThisFile() {
        val blocks = Regex("```kotlin\n(.*?)\n```", RegexOption.DOT_MATCHES_ALL).findAll(page).map { it.groupValues[1] }.toList()
        val source = Path.of("src/test/kotlin/dev/respite/kotlin/KotlinPageTest.kt").readText()
        val regions = Regex(" +// region\n(.*?)\n +// endregion", RegexOption.DOT_MATCHES_ALL)
            .findAll(source).map { it.groupValues[1].trimIndent() }.toList()
        assertThat(blocks).hasSize(6).containsExactlyInAnyOrderElementsOf(regions)
        assertThat(Regex("```kotlin\n.*?```\n\n```text", RegexOption.DOT_MATCHES_ALL).findAll(page).count()).isEqualTo(6)
    }

    /** A reader pastes the block with the imports and the class above a block. */
    @Test
    fun imports_ofThePage_areThoseOfThisFile() {
        val setup = Regex("```kotlin setup\n(.*?)\n```", RegexOption.DOT_MATCHES_ALL).find(page)!!.groupValues[1]
        val source = Path.of("src/test/kotlin/dev/respite/kotlin/KotlinPageTest.kt").readText()
        val forTheTest = Regex("java\\.nio|kotlin\\.io|assertj|junit")
        val imports = source.lines().filter { it.startsWith("import ") && !forTheTest.containsMatchIn(it) }
        assertThat(setup.lines().filter { it.startsWith("import ") })
            .containsExactlyElementsOf(imports.plus("import dev.respite.kotlin.*").sorted())
        val quotes = setup.substring(setup.indexOf("class Quotes"))
        assertThat(source.lines().joinToString("\n") { it.trim() }).contains(quotes.lines().joinToString("\n") { it.trim() })
    }
}
