package dev.respite.kotlin

import dev.respite.NestedRetries.Enclosing
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.ThreadContextElement

/**
 * Makes an attempt known to the calls inside it, wherever its coroutines run: the core finds enclosing calls by thread.
 */
internal class EnclosingCalls(private val enclosing: Enclosing) :
    AbstractCoroutineContextElement(EnclosingCalls), ThreadContextElement<Enclosing> {

    companion object Key : CoroutineContext.Key<EnclosingCalls>

    override fun updateThreadContext(context: CoroutineContext): Enclosing = enclosing.enter()

    override fun restoreThreadContext(context: CoroutineContext, oldState: Enclosing) {
        oldState.enter()
    }
}
