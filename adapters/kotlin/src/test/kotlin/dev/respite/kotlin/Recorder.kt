package dev.respite.kotlin

import dev.respite.RetryEvent
import dev.respite.RetryListener
import dev.respite.outcome.StopReason
import java.util.concurrent.CopyOnWriteArrayList

/** A listener that keeps the events it receives. */
class Recorder : RetryListener {

    val events = CopyOnWriteArrayList<RetryEvent>()

    override fun on(event: RetryEvent) {
        events.add(event)
    }

    fun ended(): RetryEvent.CallEnded = events.filterIsInstance<RetryEvent.CallEnded>().single()

    fun reason(): StopReason = ended().reason()
}
