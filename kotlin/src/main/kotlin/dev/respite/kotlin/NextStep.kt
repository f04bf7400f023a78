package dev.respite.kotlin

import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * The next step of a call, from the engine's threads to one coroutine. A step that comes before the last one has been received takes
 * its place: the call has ended before its next attempt has begun.
 */
@Suppress("UNCHECKED_CAST") // what is neither null nor a continuation is a step
internal class NextStep<S : Any> {

    /** Null, a step, or the continuation of the coroutine that waits for one. */
    private val slot = AtomicReference<Any?>()

    /** Sends a step; resumes the coroutine if that waits. */
    fun send(step: S) {
        while (true) {
            val now = slot.get()
            if (now is CancellableContinuation<*>) {
                if (slot.compareAndSet(now, null)) {
                    // One that has been cancelled ignores this.
                    (now as CancellableContinuation<S>).resume(step)
                    return
                }
            } else if (slot.compareAndSet(now, step)) {
                return
            }
        }
    }

    /** Receives the next step; suspends until there is one. */
    suspend fun receive(): S {
        val sent = slot.getAndSet(null)
        return if (sent != null) sent as S else await()
    }

    private suspend fun await(): S = suspendCancellableCoroutine { continuation ->
        if (!slot.compareAndSet(null, continuation)) {
            continuation.resume(slot.getAndSet(null) as S)
        }
    }
}
