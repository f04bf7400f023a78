package dev.respite.spring

import java.io.IOException
import java.net.ConnectException
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.coroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.springframework.aop.framework.Advised
import org.springframework.context.annotation.AnnotationConfigApplicationContext

/** Suspending methods, which Spring's proxies turn into publishers and back. */
class SuspendingMethodsTest {

    class Tag(val name: String) : AbstractCoroutineContextElement(Tag) {
        companion object Key : CoroutineContext.Key<Tag>
    }

    open class Quotes {
        open var calls = 0
        open val cancelled = CompletableDeferred<Unit>()
        open val begun = CompletableDeferred<Unit>()

        private fun fails() = ++calls < 3

        @Respite("quotes")
        open suspend fun price(symbol: String): String {
            delay(1)
            if (fails()) throw ConnectException("refused")
            return symbol + coroutineContext[Tag]?.name
        }

        @Respite("quotes")
        open suspend fun nothing(fail: Boolean) {
            if (fails() || fail) throw ConnectException("refused")
        }

        @Respite("quotes")
        open suspend fun prices(): Flow<Int> = numbers()

        @Respite("quotes")
        open fun numbers(): Flow<Int> = flow {
            emit(1)
            if (fails()) throw ConnectException("refused")
            emit(2)
        }

        @Respite("quotes")
        open suspend fun forever(): String {
            begun.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                cancelled.complete(Unit)
            }
        }

        @Respite("quotes", fallback = "cached")
        open suspend fun down(symbol: String): String {
            delay(1)
            throw ConnectException(symbol)
        }

        private suspend fun cached(symbol: String, failure: IOException): String {
            delay(1)
            return "cached $symbol after ${failure.message}"
        }
    }

    interface Prices {
        suspend fun price(symbol: String): String
    }

    class OfAnInterface : Prices {
        private var calls = 0

        @Respite("quotes")
        override suspend fun price(symbol: String): String {
            if (++calls < 3) throw ConnectException("refused")
            return symbol
        }
    }

    class OtherFallback {
        @Respite("quotes", fallback = "cached")
        fun price(symbol: String): String = symbol

        suspend fun cached(symbol: String): String = symbol
    }

    class OtherResult {
        @Respite("quotes", fallback = "cached")
        suspend fun price(symbol: String): String = symbol

        suspend fun cached(symbol: String): Int = symbol.length
    }

    private fun withQuotes(test: suspend (Quotes, Quotes) -> Unit): Unit =
        TestContext.ofClasses(Quotes::class.java).use { context: AnnotationConfigApplicationContext ->
            val quotes = context.getBean(Quotes::class.java)
            runBlocking { test(quotes, (quotes as Advised).targetSource.target as Quotes) }
        }

    @Test
    fun suspendingMethod_thatFailsTwice_makesThreeAttemptsInItsContext() = withQuotes { quotes, target ->
        val price = withContext(Tag("!")) { quotes.price("ACME") }
        assertThat(price).isEqualTo("ACME!")
        assertThat(target.calls).isEqualTo(3)
    }

    @Test
    fun suspendingMethod_behindAnInterface_isRetried() {
        TestContext.ofInterfaces(OfAnInterface::class.java).use { context ->
            val prices = context.getBean(Prices::class.java)
            assertThat(runBlocking { prices.price("ACME") }).isEqualTo("ACME")
        }
    }

    @Test
    fun suspendingMethod_withoutAResult_isRetried() = withQuotes { quotes, target ->
        quotes.nothing(false)
        assertThat(target.calls).isEqualTo(3)
        assertThatThrownBy { runBlocking { quotes.nothing(true) } }.isInstanceOf(ConnectException::class.java)
    }

    @Test
    fun flow_ofASuspendingMethod_isRetried() = withQuotes { quotes, _ ->
        assertThat(quotes.prices().toList()).containsExactly(1, 1, 1, 2)
    }

    @Test
    fun flow_isRetried() = withQuotes { quotes, _ ->
        assertThat(quotes.numbers().toList()).containsExactly(1, 1, 1, 2)
    }

    @Test
    fun cancellation_ofTheCaller_cancelsTheAttempt() = withQuotes { quotes, target ->
        runBlocking {
            val job = launch { quotes.forever() }
            target.begun.await()
            job.cancelAndJoin()
            target.cancelled.await()
        }
    }

    @Test
    fun fallback_thatSuspends_replacesTheFailure() = withQuotes { quotes, _ ->
        assertThat(quotes.down("ACME")).isEqualTo("cached ACME after ACME")
    }

    @Test
    fun fallback_thatDoesNotFit_isRefused() {
        assertThatThrownBy { TestContext.ofClasses(OtherFallback::class.java).close() }
            .hasMessageContaining("has other parameters")
        assertThatThrownBy { TestContext.ofClasses(OtherResult::class.java).close() }
            .hasMessageContaining("let it return the same")
    }
}
