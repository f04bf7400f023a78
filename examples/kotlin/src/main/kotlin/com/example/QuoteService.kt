package com.example

import java.net.ConnectException
import java.net.SocketTimeoutException
import kotlinx.coroutines.awaitCancellation

/** A remote service. */
fun interface QuoteService {

    suspend fun fetch(symbol: String): String
}

/** A service whose first request times out and whose second is refused, or fewer of them. */
class FaultyService(private var failures: Int) : QuoteService {

    override suspend fun fetch(symbol: String): String {
        failures--
        if (failures == 1) throw SocketTimeoutException("Read timed out")
        if (failures == 0) throw ConnectException("Connection refused")
        return "$symbol 101.25"
    }
}

/** A service that never answers. */
val SlowService = QuoteService { awaitCancellation() }
