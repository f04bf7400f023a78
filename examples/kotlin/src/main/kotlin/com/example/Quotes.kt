package com.example

import dev.respite.Retry
import dev.respite.kotlin.suspending
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** The quotes of a service. It takes its [Retry] as a parameter, so that a test can pass another one. */
class Quotes(private val service: QuoteService, private val retry: Retry) {

    suspend fun fetch(symbol: String): String = retry.suspending { service.fetch(symbol) }

    /** The price now and after the next trade; a flow that is not retried by itself. */
    fun prices(symbol: String): Flow<String> = flow {
        val price = service.fetch(symbol).substringAfter(' ')
        emit(price)
        emit("$price (traded)")
    }
}
