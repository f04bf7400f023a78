package dev.respite.kotlin

import dev.respite.outcome.Classifier
import dev.respite.outcome.Outcome
import dev.respite.outcome.Verdict
import dev.respite.policy.Backoff
import dev.respite.policy.BackoffKind
import dev.respite.policy.BudgetSpec
import dev.respite.policy.BudgetWait
import dev.respite.policy.Hints
import dev.respite.policy.InvalidPolicyException
import dev.respite.policy.Jitter
import dev.respite.policy.Nested
import dev.respite.policy.RetryPolicy
import dev.respite.policy.RetryPolicyBuilder
import java.io.IOException
import java.net.SocketException
import java.util.stream.Stream
import kotlin.reflect.KMutableProperty0
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.MethodSource
import timeout

/** The block of `retryPolicy` has the vocabulary of the text form, and its messages. */
class RetryPolicyDslTest {

    @Test
    fun block_thatIsEmpty_isTheDefaultPolicy() {
        assertThat(retryPolicy {}).isEqualTo(RetryPolicy.defaults())
    }

    companion object {

        private fun same(text: String, block: RetryPolicyScope.() -> Unit): Arguments = Arguments.of(text, block)

        @JvmStatic
        fun policies(): Stream<Arguments> = Stream.of(
            same("preset=grpc") { preset = "grpc" },
            same("max-attempts=4") { maxAttempts = 4 },
            same("max-retries=4") { maxRetries = 4 },
            same("unbounded=\"a queue waits\"") { unbounded = "a queue waits" },
            same("backoff=fixed") { backoff = BackoffKind.FIXED },
            same("backoff=linear base-delay=50ms increment=70ms") {
                backoff = BackoffKind.LINEAR
                baseDelay = 50.milliseconds
                increment = 70.milliseconds
            },
            same("multiplier=1.5 max-delay=900us base-delay=1us") {
                multiplier = 1.5
                maxDelay = 900.microseconds
                baseDelay = 1.microseconds
            },
            same("jitter=proportional:0.2") { jitter = Jitter.proportional(0.2) },
            same("total-timeout=10m attempt-timeout=2s") {
                totalTimeout = 10.minutes
                attemptTimeout = 2.seconds
            },
            same("total-timeout=off") { totalTimeout = Duration.INFINITE },
            same("retry-after=cap retry-after-limit=1h") {
                retryAfter = Hints.Mode.CAP
                retryAfterLimit = 1.hours
            },
            same("budget=off") { budget = BudgetSpec.off() },
            same("clients=40") { clients = 40 },
            same("budget-wait=5s") { budgetWait(5.seconds) },
            same("budget-wait=5s/100") { budgetWait(5.seconds, maxCalls = 100) },
            same("nested=retry") { nested = Nested.RETRY },
            same("acknowledge=no-jitter,no-budget") { acknowledge = listOf("no-jitter", "no-budget") },
            same("retry-on=404,java.io.IOException stop-on=503,java.net.SocketException") {
                retryOn("404")
                retryOn(IOException::class)
                stopOn("503")
                stopOn(SocketException::class)
            },
            same("on.503.max-attempts=5 on.503.backoff=exponential on.503.base-delay=1s on.503.multiplier=3 on.503.max-delay=1m on.503.jitter=equal") {
                on("503") {
                    maxAttempts = 5
                    backoff = BackoffKind.EXPONENTIAL
                    baseDelay = 1.seconds
                    multiplier = 3.0
                    maxDelay = 1.minutes
                    jitter = Jitter.equal()
                }
            },
            same("on.java.net.SocketException.max-retries=5 on.java.net.SocketException.backoff=linear on.java.net.SocketException.increment=1s") {
                on(SocketException::class) {
                    maxRetries = 5
                    backoff = BackoffKind.LINEAR
                    increment = 1.seconds
                }
            },
            same("max-attempts=7 nested=retry") { settings(mapOf("max-attempts" to "7", "nested" to "retry")) }
        )

        @JvmStatic
        fun refused(): Stream<Arguments> = Stream.of(
            same("max-attempts=0") { maxAttempts = 0 },
            same("max-retries=-1") { maxRetries = -1 },
            same("max-attempts=3 max-retries=2") {
                maxAttempts = 3
                maxRetries = 2
            },
            same("preset=grp") { preset = "grp" },
            same("unbounded=\" \"") { unbounded = " " },
            same("multiplier=0.5") { multiplier = 0.5 },
            same("base-delay=-50ms") { baseDelay = (-50).milliseconds },
            same("total-timeout=-1s") { totalTimeout = (-1).seconds },
            same("total-timeout=0ms") { totalTimeout = Duration.ZERO },
            same("total-timeout=-Infinity") { totalTimeout = -Duration.INFINITE },
            same("base-delay=off") { baseDelay = Duration.INFINITE },
            same("attempt-timeout=off") { attemptTimeout = Duration.INFINITE },
            same("attempt-timeout=1m total-timeout=1s") {
                attemptTimeout = 1.minutes
                totalTimeout = 1.seconds
            },
            same("clients=0") { clients = 0 },
            same("retry-on=42") { retryOn("42") },
            same("retry-on=java.lang.OutOfMemoryError") { retryOn(OutOfMemoryError::class) },
            same("on.503.max-attempts=0") { on("503") { maxAttempts = 0 } },
            same("on.503.base-delay=-1s") { on("503") { baseDelay = (-1).seconds } },
            same("max-atempts=3") { settings(mapOf("max-atempts" to "3")) }
        )
    }

    @ParameterizedTest
    @MethodSource("policies")
    fun block_ofEachKey_isThePolicyOfTheText(text: String, block: RetryPolicyScope.() -> Unit) {
        assertThat(retryPolicy(block)).isEqualTo(RetryPolicy.parse(text))
    }

    @ParameterizedTest
    @MethodSource("refused")
    fun block_withAWrongValue_isRefusedInTheWordsOfTheText(text: String, block: RetryPolicyScope.() -> Unit) {
        val expected = assertThrows<InvalidPolicyException> { RetryPolicy.parse(text) }
        assertThat(assertThrows<InvalidPolicyException> { retryPolicy(block) }).hasMessage(expected.message)
    }

    @Test
    fun budgetWait_outOfItsRange_isRefusedInTheWordsOfItsClass() {
        val expected = assertThrows<IllegalArgumentException> { BudgetWait.of(java.time.Duration.ofDays(3)) }
        assertThat(assertThrows<IllegalArgumentException> { retryPolicy { budgetWait(72.hours) } }).hasMessage(expected.message)
    }

    @Test
    fun property_thatIsGivenAndTakenBack_hasItsDefault() {
        val policy = retryPolicy {
            assertThat(maxAttempts).isNull()
            maxAttempts = 5
            assertThat(maxAttempts).isEqualTo(5)
            maxAttempts = null
            on("503") {
                maxAttempts = 9
                maxAttempts = null
            }
        }
        assertThat(policy).isEqualTo(RetryPolicy.defaults())
    }

    /** So that a block can build on a value that it was given: `maxAttempts = maxAttempts?.plus(1)`. */
    @Test
    fun property_thatIsGiven_isReadByTheBlock() {
        retryPolicy {
            assertIsRead(::preset, "course")
            assertIsRead(::maxRetries, 4)
            assertIsRead(::unbounded, "a queue waits")
            assertIsRead(::backoff, BackoffKind.LINEAR)
            assertIsRead(::multiplier, 1.5)
            assertIsRead(::jitter, Jitter.equal())
            assertIsRead(::retryAfter, Hints.Mode.CAP)
            assertIsRead(::budget, BudgetSpec.off())
            assertIsRead(::clients, 40)
            assertIsRead(::nested, Nested.RETRY)
            assertIsRead(::acknowledge, listOf("no-jitter"))
            for (each in listOf(::baseDelay, ::increment, ::maxDelay, ::totalTimeout, ::attemptTimeout, ::retryAfterLimit)) {
                assertIsRead(each, 2.seconds)
            }
            on("503") {
                assertIsRead(::maxAttempts, 5)
                assertIsRead(::maxRetries, 4)
                assertIsRead(::backoff, BackoffKind.LINEAR)
                assertIsRead(::multiplier, 1.5)
                assertIsRead(::jitter, Jitter.equal())
                for (each in listOf(::baseDelay, ::increment, ::maxDelay)) {
                    assertIsRead(each, 2.seconds)
                }
            }
        }
    }

    private fun <V : Any> assertIsRead(property: KMutableProperty0<V?>, value: V) {
        assertThat(property.get()).`as`(property.name).isNull()
        property.set(value)
        assertThat(property.get()).`as`(property.name).isEqualTo(value)
        property.set(null)
    }

    @Test
    fun property_thatIsGivenTwice_hasTheLastValue() {
        assertThat(retryPolicy {
            maxAttempts = 5
            maxAttempts = 6
        }).isEqualTo(RetryPolicy.parse("max-attempts=6"))
    }

    @Test
    fun partsInCode_arePartsOfThePolicy() {
        val custom = Backoff { _, _ -> 42 }
        val nothing = Classifier { Verdict.fatal() }
        assertThat(retryPolicy { backoff(custom) }.backoff()).isSameAs(custom)
        assertThat(retryPolicy { classifier(nothing) }.classifier()).isSameAs(nothing)
        val policy = retryPolicy {
            retryOnException(IllegalStateException::class) { it.message == "lease lost" }
            retryOnResult(Int::class) { it < 0 }
            retryOnResult(null)
            wrapClassifier { standard -> Classifier { standard.classify(it) } }
        }
        fun isRetried(outcome: Outcome<*>) = policy.classify(outcome) is Verdict.Transient
        assertThat(isRetried(Outcome.failure<Any>(IllegalStateException("lease lost")))).isTrue()
        assertThat(isRetried(Outcome.failure<Any>(IllegalStateException("bug")))).isFalse()
        assertThat(isRetried(Outcome.success(-1))).isTrue()
        assertThat(isRetried(Outcome.success(1))).isFalse()
        assertThat(isRetried(Outcome.success(null))).isTrue()
    }

    /** The predicate's type has no null. */
    @Test
    fun retryOnResult_ofNull_isAcceptedWithoutThePredicate() {
        val policy = retryPolicy { retryOnResult(String::class) { it != "ready" } }
        assertThat(policy.classify(Outcome.success(null))).isEqualTo(Verdict.accept())
        assertThat(policy.classify(Outcome.success("pending"))).isInstanceOf(Verdict.Transient::class.java)
    }

    @Test
    fun retryOnResult_ofALambdaInPlaceOfAValue_isRejected() {
        assertThatThrownBy { retryPolicy { retryOnResult { value: Any? -> value == "pending" } } }
            .hasMessageContaining("give the class of the results too")
        assertThatThrownBy { RetryPolicy.builder().retryOnResult { value: Any? -> value == "pending" } }
            .hasMessageContaining("give the class of the results too")
    }

    @Test
    fun classWithoutAPackage_isRetried_andHasItsRule() {
        val policy = retryPolicy {
            retryOnly(timeout::class)
            on(timeout::class) { maxAttempts = 2 }
        }
        assertThat(policy.classify(Outcome.failure<Any>(timeout()))).isInstanceOf(Verdict.Transient::class.java)
        assertThat(policy.classify(Outcome.failure<Any>(java.net.SocketTimeoutException()))).isInstanceOf(Verdict.Fatal::class.java)
        assertThat(policy).isEqualTo(RetryPolicy.parse("retry-on=class:timeout stop-on=any on.class:timeout.max-attempts=2"))
    }

    /** A new key of the builder needs a property or a function here. */
    @Test
    fun block_hasEachMethodOfTheBuilder() {
        val members = RetryPolicyScope::class.java.methods.map { it.name.substringBefore('-') }
        val ways = members + members.filter { it.startsWith("set") }.map { it.removePrefix("set").replaceFirstChar(Char::lowercase) }
        val off = "noTotalTimeout"
        assertThat(ways).containsAll(
            RetryPolicyBuilder::class.java.declaredMethods
                .filter { java.lang.reflect.Modifier.isPublic(it.modifiers) }
                .map { it.name } - listOf("build", off).toSet()
        )
    }
}
