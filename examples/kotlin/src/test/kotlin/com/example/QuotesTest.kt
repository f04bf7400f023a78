package com.example

import dev.respite.Retry
import dev.respite.kotlin.retryPolicy
import dev.respite.policy.BudgetSpec
import dev.respite.time.TimeSource
import java.net.ConnectException
import java.util.concurrent.TimeoutException
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Delays and timeouts of minutes, tested without waiting: in `runTest` a call lives in its virtual time. */
@OptIn(ExperimentalCoroutinesApi::class)
class QuotesTest {

    // No budget: a test does not depend on the calls before it. Retry.withoutWarnings is Retry.of without the warnings about such a policy.
    private val retry = Retry.withoutWarnings(retryPolicy {
        budget = BudgetSpec.off()
        baseDelay = 1.minutes
        maxDelay = 10.minutes
        attemptTimeout = 5.minutes
        totalTimeout = 30.minutes
    }, TimeSource.system())

    @Test
    fun fetch_serviceFailsTwice_returnsTheQuote() = runTest {
        assertEquals("ACME 101.25", Quotes(FaultyService(failures = 2), retry).fetch("ACME"))
    }

    @Test
    fun fetch_serviceIsDown_throwsTheLastFailure() = runTest {
        assertThrows<ConnectException> { Quotes({ throw ConnectException("down") }, retry).fetch("ACME") }
    }

    @Test
    fun fetch_serviceIsSlow_endsEachAttemptAfterFiveMinutes() = runTest {
        assertThrows<TimeoutException> { Quotes(SlowService, retry).fetch("ACME") }
        assertEquals(3, retry.counts().attempts())
        assert(testScheduler.currentTime >= 15.minutes.inWholeMilliseconds)
    }
}
