@file:JvmName("Main")

package com.example

import dev.respite.Retry
import dev.respite.RetryEvent
import dev.respite.kotlin.retryPolicy
import dev.respite.kotlin.retrying
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull

/** Calls a faulty service from coroutines: two quotes at the same time, one under a deadline of the caller, and a flow of prices. */
fun main() = runBlocking {
    val policy = retryPolicy {
        maxAttempts = 4
        baseDelay = 50.milliseconds
        attemptTimeout = 2.seconds
    }
    // One instance for each target, shared by all coroutines: it holds the target's retry budget.
    val retry = Retry.of(policy).withName("quotes").withListener(::printHistory)

    coroutineScope {
        val acme = async { Quotes(FaultyService(failures = 2), retry).fetch("ACME") }
        val umbrella = async { Quotes(FaultyService(failures = 0), retry).fetch("UMBRELLA") }
        println(acme.await() + " and " + umbrella.await())
    }

    // The caller's deadline cancels the call. It is not retried, in contrast to a withTimeout inside the attempt.
    val late = withTimeoutOrNull(200.milliseconds) { Quotes(SlowService, retry).fetch("ACME") }
    println("under a deadline: $late")

    // A flow is collected again as long as its collector has received nothing.
    Quotes(FaultyService(failures = 1), retry).prices("ACME").retrying(retry).collect { println("price: $it") }
}

private fun printHistory(event: RetryEvent) {
    if (event is RetryEvent.CallEnded) {
        println(event.history())
    }
}
