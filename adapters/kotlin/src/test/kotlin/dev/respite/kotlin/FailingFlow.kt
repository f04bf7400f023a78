package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.net.ConnectException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** A flow that fails in its first two collections, with the record of its retries. */
class FailingFlow {

    val recorder = Recorder()
    val retry = retry("base-delay=1s jitter=none budget=off")
    val failure = SuspendingTest.Copyable("broken", ConnectException("reset"))
    var collections = 0

    fun retry(policy: String): Retry = Retry.withoutWarnings(RetryPolicy.parse(policy), TimeSource.system()).withListener(recorder)

    /** Emits so many elements before each of its first two collections fails, and then three. */
    fun emitting(elements: Int): Flow<Int> = flow {
        collections++
        if (collections < 3) {
            repeat(elements) { emit(100 * collections + it) }
            throw failure
        }
        repeat(3) { emit(100 * collections + it) }
    }
}
