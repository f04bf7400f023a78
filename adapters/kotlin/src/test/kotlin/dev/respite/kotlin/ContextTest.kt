package dev.respite.kotlin

import dev.respite.Retry
import dev.respite.policy.RetryPolicy
import dev.respite.time.TimeSource
import java.net.ConnectException
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Every attempt runs where its caller runs, with what its caller has. */
class ContextTest {

    private val retry = Retry.withoutWarnings(RetryPolicy.parse("base-delay=1ms budget=off"), TimeSource.system())
    private val threads = CopyOnWriteArrayList<String>()
    private val contexts = CopyOnWriteArrayList<CoroutineContext>()

    private suspend fun failTwice(number: Int) {
        threads += Thread.currentThread().name
        contexts += currentCoroutineContext()
        delay(1)
        threads += Thread.currentThread().name
        if (number < 3) throw ConnectException()
    }

    @Test
    fun attempts_onADispatcherOfOneThread_stayThere() {
        Executors.newSingleThreadExecutor { Thread(it, "the only one") }.asCoroutineDispatcher().use { dispatcher ->
            runBlocking(dispatcher) {
                retry.withListener { threads += Thread.currentThread().name }.suspending { failTwice(it.number()) }
                threads += Thread.currentThread().name
            }
            assertThat(threads).hasSize(6 + 3 + 1).allSatisfy { assertThat(it).startsWith("the only one") }
            assertThat(contexts).allSatisfy { assertThat(it[ContinuationInterceptor]).isSameAs(dispatcher) }
        }
    }

    @Test
    fun attempts_onTheLoopOfRunBlocking_stayThere() {
        val here = Thread.currentThread().name
        runBlocking { retry.suspending { failTwice(it.number()) } }
        assertThat(threads).hasSize(6).allSatisfy { assertThat(it).startsWith(here) }
    }

    @Test
    fun attempts_unconfined_haveThatDispatcher() = runBlocking {
        withContext(Dispatchers.Unconfined) { retry.suspending { failTwice(it.number()) } }
        assertThat(contexts).hasSize(3).allSatisfy { assertThat(it[ContinuationInterceptor]).isSameAs(Dispatchers.Unconfined) }
        assertThat(threads).noneSatisfy { assertThat(it).`as`("a timer runs no code of the caller").contains("respite-timer") }
        Unit
    }

    @Test
    fun attempts_haveTheCallersContext() = runBlocking {
        withContext(CoroutineName("quotes")) { retry.suspending { failTwice(it.number()) } }
        assertThat(contexts).hasSize(3).allSatisfy { assertThat(it[CoroutineName]?.name).isEqualTo("quotes") }
        Unit
    }

    @Test
    fun attempts_areChildrenOfTheCaller() = runBlocking {
        val caller = currentCoroutineContext().job
        val parents = mutableListOf<Job?>()
        retry.suspending {
            parents += currentCoroutineContext().job.parent
            if (it.number() < 3) throw ConnectException()
        }
        assertThat(parents).hasSize(3).allSatisfy { assertThat(it).isSameAs(caller) }
        assertThat(caller.children.toList()).isEmpty()
    }

    /** As the mapped diagnostic context of a log is carried. */
    @Test
    fun attempts_haveTheCallersThreadLocals_andLeaveNoneBehind() {
        val mdc = ThreadLocal<String?>()
        val seen = CopyOnWriteArrayList<String?>()
        Executors.newFixedThreadPool(2).asCoroutineDispatcher().use { dispatcher ->
            runBlocking(dispatcher) {
                withContext(mdc.asContextElement("request 1")) {
                    retry.withListener { seen += mdc.get() }.suspending {
                        seen += mdc.get()
                        yield()
                        seen += mdc.get()
                        if (it.number() < 3) throw ConnectException()
                    }
                    seen += mdc.get()
                }
                assertThat(mdc.get()).isNull()
            }
        }
        assertThat(seen).hasSize(6 + 3 + 1).containsOnly("request 1")
        assertThat(mdc.get()).isNull()
    }

    @Test
    fun attempts_inAContextThatTheWorkChanges_areBackInTheCallers() = runBlocking {
        retry.suspending { attempt ->
            withContext(Dispatchers.IO) { delay(1) }
            failTwice(attempt.number())
        }
        assertThat(threads).containsOnly(Thread.currentThread().name)
        Unit
    }
}
