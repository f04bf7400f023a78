@file:JvmMultifileClass
@file:JvmName("RespiteKt")

package dev.respite.kotlin

import dev.respite.outcome.Classifier
import dev.respite.policy.Backoff
import dev.respite.policy.BackoffKind
import dev.respite.policy.BudgetSpec
import dev.respite.policy.BudgetWait
import dev.respite.policy.FleetSpec
import dev.respite.policy.Hints
import dev.respite.policy.Jitter
import dev.respite.policy.Nested
import dev.respite.policy.RetryPolicy
import dev.respite.policy.RetryPolicyBuilder
import dev.respite.text.ValueFormat
import kotlin.reflect.KClass
import kotlin.reflect.KProperty
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/**
 * Makes a policy. The block has a property or function for each key of the text form, with the same name and meaning.
 *
 * ```
 * val policy = retryPolicy {
 *     maxAttempts = 4
 *     baseDelay = 50.milliseconds
 *     totalTimeout = 10.seconds
 *     on("503") { maxAttempts = 2 }
 * }
 * ```
 *
 * A property that is not given, or null, has its default. Values are checked when the block has ended, with the rules and the
 * messages of the text form.
 *
 * @param configure gives the values
 * @return the policy
 * @throws dev.respite.policy.InvalidPolicyException if a value is wrong, or two given values contradict each other
 */
public fun retryPolicy(configure: RetryPolicyScope.() -> Unit): RetryPolicy {
    val builder = RetryPolicy.builder()
    RetryPolicyScope(builder).apply(configure).give()
    return builder.build()
}

/** Marks the receivers of [retryPolicy]: a block inside another does not see the other's properties. */
@DslMarker
@Target(AnnotationTarget.CLASS)
public annotation class RetryPolicyDsl

/** The keys of a policy, for the block of [retryPolicy]. Each property is null, and so has its default, until it is given. */
@RetryPolicyDsl
public class RetryPolicyScope internal constructor(private val builder: RetryPolicyBuilder) {

    private val given = Given()

    /** The preset to start from instead of the defaults: `course`, `aws-standard-2.0`, `aws-standard-2.1` or `grpc`. */
    public var preset: String? by Setting(given) { builder.preset(it) }

    /** The most attempts, the first counted in, at least 1. Default 3. */
    public var maxAttempts: Int? by Setting(given) { builder.maxAttempts(it) }

    /** The most attempts, the first not counted, at least 0; another way to give [maxAttempts]. */
    public var maxRetries: Int? by Setting(given) { builder.settings(mapOf("max-retries" to it.toString())) }

    /** Lifts the limit of attempts; the value is the reason why this policy needs none, and not blank. */
    public var unbounded: String? by Setting(given) { builder.unbounded(it) }

    /** The growth of delays. Default exponential. */
    public var backoff: BackoffKind? by Setting(given) { builder.backoff(it) }

    /** The delay that the others are made of, at most [maxDelay]. Default 100 ms. */
    public var baseDelay: Duration? by duration("base-delay")

    /** The factor from one delay of an exponential backoff to the next, at least 1. Default 2. */
    public var multiplier: Double? by Setting(given) { builder.multiplier(it) }

    /** The difference between one delay of a linear backoff and the next. Default [baseDelay]. */
    public var increment: Duration? by duration("increment")

    /** The cap of every delay, after jitter. Default 20 s. */
    public var maxDelay: Duration? by duration("max-delay")

    /** The random spread of delays. Default full. */
    public var jitter: Jitter? by Setting(given) { builder.jitter(it) }

    /** The longest that a call may take, attempts and delays together; [Duration.INFINITE] switches it off. Default 30 s. */
    public var totalTimeout: Duration? by duration("total-timeout")

    /** The longest that an attempt may take, at most [totalTimeout]. Default no limit but that one. */
    public var attemptTimeout: Duration? by duration("attempt-timeout")

    /** The treatment of a server's hint. Default honour. */
    public var retryAfter: Hints.Mode? by Setting(given) { builder.retryAfter(it) }

    /** The longest wait that is taken from a server. Default 60 s. */
    public var retryAfterLimit: Duration? by duration("retry-after-limit")

    /** The budget that retries are paid from. Default [FleetSpec.DEFAULT]; [BudgetSpec.Off] is none. */
    public var budget: BudgetSpec? by Setting(given) { builder.budget(it) }

    /**
     * The number of clients, each with a budget of its own, that call the same target: 1 to 10,000,000, for the default budget
     * only.
     */
    public var clients: Int? by Setting(given) { builder.clients(it) }

    /** The treatment of a failure on which a call inside this one has given up. Default suppress. */
    public var nested: Nested? by Setting(given) { builder.nested(it) }

    /** The codes of warnings that are not given, such as `no-jitter`. Default none. */
    public var acknowledge: List<String>? by Setting(given) { builder.settings(mapOf("acknowledge" to it.joinToString(","))) }

    /**
     * A backoff written in code, with a cap and a jitter of its own.
     *
     * @param custom the backoff
     */
    public fun backoff(custom: Backoff) {
        builder.backoff(custom)
    }

    /**
     * Sets the time that a call waits for its budget, after the budget has rejected a retry. By default it does not wait.
     *
     * @param limit the longest wait, at most [totalTimeout]
     * @param maxCalls the most calls that wait at the same time, 1 to 10,000,000
     * @throws IllegalArgumentException if a value is out of its range
     */
    public fun budgetWait(limit: Duration, maxCalls: Int = BudgetWait.DEFAULT_MAX_CALLS) {
        builder.budgetWait(BudgetWait(limit.toJavaDuration(), maxCalls))
    }

    /**
     * Errors that are retried besides those that are transient by default.
     *
     * @param errors class names, HTTP statuses, SQLStates, gRPC codes, names of kinds or `any`, as in the text form
     */
    public fun retryOn(vararg errors: String) {
        builder.retryOn(*errors)
    }

    /**
     * An exception that is retried, with its subclasses, besides those that are transient by default.
     *
     * @param error the class
     */
    public fun retryOn(error: KClass<out Throwable>) {
        builder.retryOn(error.java)
    }

    /**
     * Exceptions that are retried, with their subclasses, and no other errors than those that [retryOn] and [retryOnException] name.
     *
     * @param errors the classes, at least one
     */
    public fun retryOnly(vararg errors: KClass<out Throwable>) {
        builder.retryOnly(*errors.map { it.java }.toTypedArray())
    }

    /**
     * Exceptions that are retried if a predicate accepts them, besides those that are transient by default.
     *
     * @param type the class of the exceptions that the predicate receives
     * @param retried true for an exception that is retried; pure
     * @param X the class of the exceptions
     */
    public fun <X : Throwable> retryOnException(type: KClass<X>, retried: (X) -> Boolean) {
        builder.retryOnException(type.java) { retried(it) }
    }

    /**
     * Errors that are not retried, though they may be transient by default.
     *
     * @param errors as for [retryOn]
     */
    public fun stopOn(vararg errors: String) {
        builder.stopOn(*errors)
    }

    /**
     * An exception that is not retried, nor its subclasses, though it may be transient by default.
     *
     * @param error the class
     */
    public fun stopOn(error: KClass<out Throwable>) {
        builder.stopOn(error.java)
    }

    /**
     * Values that are retried.
     *
     * @param type the class of the values that the predicate receives
     * @param rejected true for a value that is retried; pure
     * @param R the class of the values
     */
    public fun <R : Any> retryOnResult(type: KClass<R>, rejected: (R) -> Boolean) {
        builder.retryOnResult(type.javaObjectType) { type.isInstance(it) && rejected(it) }
    }

    /**
     * A value that is retried.
     *
     * @param rejected the value, compared by `equals`, or null; no predicate, which needs the class of its values
     */
    public fun retryOnResult(rejected: Any?) {
        builder.retryOnResult(rejected)
    }

    /**
     * Settings for one kind of error.
     *
     * @param error as for [retryOn]
     * @param configure gives the values
     */
    public fun on(error: String, configure: ErrorRuleScope.() -> Unit) {
        ErrorRuleScope(builder, error).apply(configure).give()
    }

    /**
     * Settings for one class of exceptions and its subclasses.
     *
     * @param error the class
     * @param configure gives the values
     */
    public fun on(error: KClass<out Throwable>, configure: ErrorRuleScope.() -> Unit) {
        val name = error.java.name
        on(if ('.' in name) name else "class:$name", configure)
    }

    /**
     * Sets the classifier of all outcomes, instead of the standard one.
     *
     * @param classifier the classifier
     */
    public fun classifier(classifier: Classifier) {
        builder.classifier(classifier)
    }

    /**
     * Sets the classifier of all outcomes, which uses the standard one.
     *
     * @param wrapper makes the classifier of the policy from the standard one
     */
    public fun wrapClassifier(wrapper: (Classifier) -> Classifier) {
        builder.wrapClassifier { wrapper(it) }
    }

    /**
     * Keys and values as the text form has them.
     *
     * @param settings the keys and values
     */
    public fun settings(settings: Map<String, String>) {
        builder.settings(settings)
    }

    internal fun give() {
        given.write()
    }

    private fun duration(key: String) = Setting<Duration>(given) { builder.settings(mapOf(key to textOf(it))) }
}

/**
 * The keys of a rule for one kind of error, for the block of [RetryPolicyScope.on]. A key that is not given is the same as for
 * other errors.
 */
@RetryPolicyDsl
public class ErrorRuleScope internal constructor(private val builder: RetryPolicyBuilder, private val error: String) {

    private val given = Given()

    /** The most attempts of a call whose last attempt ended with this error, at least 1. */
    public var maxAttempts: Int? by setting("max-attempts") { it.toString() }

    /** The most attempts, the first not counted, at least 0; another way to give [maxAttempts]. */
    public var maxRetries: Int? by setting("max-retries") { it.toString() }

    /** The growth of the delays after this error. */
    public var backoff: BackoffKind? by setting("backoff") { it.toString() }

    /** The delay that the others are made of. */
    public var baseDelay: Duration? by setting("base-delay") { textOf(it) }

    /** The factor from one delay of an exponential backoff to the next, at least 1. */
    public var multiplier: Double? by setting("multiplier") { ValueFormat.format(it) }

    /** The difference between one delay of a linear backoff and the next. */
    public var increment: Duration? by setting("increment") { textOf(it) }

    /** The cap of the delays after this error. */
    public var maxDelay: Duration? by setting("max-delay") { textOf(it) }

    /** The random spread of the delays after this error. */
    public var jitter: Jitter? by setting("jitter") { it.toString() }

    internal fun give() {
        given.write()
    }

    private fun <V : Any> setting(key: String, text: (V) -> String) =
        Setting<V>(given) { builder.on(error, key, text(it)) }
}

/** The properties of a block that have been given. */
private class Given {

    private val settings = LinkedHashMap<String, () -> Unit>()

    /** Keeps the value of a property until [write]; removes it if the value is null. */
    fun <V : Any> put(property: String, value: V?, write: (V) -> Unit) {
        if (value == null) {
            settings.remove(property)
        } else {
            settings[property] = { write(value) }
        }
    }

    /** Writes all values. */
    fun write() {
        settings.values.forEach { it() }
    }
}

/** A property that is null until it is given, and is written when its block ends. */
private class Setting<V : Any>(private val given: Given, private val write: (V) -> Unit) {

    private var value: V? = null

    operator fun getValue(owner: Any, property: KProperty<*>): V? = value

    operator fun setValue(owner: Any, property: KProperty<*>, new: V?) {
        value = new
        given.put(property.name, new, write)
    }
}

/**
 * The text form of a duration. One that is infinite is switched off; a policy refuses that, and a negative one, where it must
 * not be.
 */
private fun textOf(duration: Duration): String =
    when {
        duration == Duration.INFINITE -> "off"
        duration.isInfinite() -> duration.toString()
        duration.isNegative() -> "-" + ValueFormat.format((-duration).toJavaDuration())
        else -> ValueFormat.format(duration.toJavaDuration())
    }
