package consumer

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.kotlin.suspending
import java.net.ConnectException
import java.net.SocketTimeoutException
import kotlinx.coroutines.runBlocking

/** Prints: ACME 101.25 */
object Main {

    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        // snippet docs/kotlin.md
        val retry = Retry.withDefaults().withListener { event ->
            if (event is RetryEvent.CallEnded) println(event.history())
        }
        val service = Quotes()
        val quote = retry.suspending { service.fetch("ACME") }
        println(quote)
        // end
    }

    /** A service that times out once and refuses a connection once. */
    private class Quotes {
        private var requests = 0

        suspend fun fetch(symbol: String): String {
            requests++
            if (requests == 1) throw SocketTimeoutException("Read timed out")
            if (requests == 2) throw ConnectException("Connection refused")
            return "$symbol 101.25"
        }
    }
}
