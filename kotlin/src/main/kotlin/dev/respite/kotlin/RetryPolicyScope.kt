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
import dev.respite.policy.RetryPolicyBuilder
import kotlin.reflect.KClass
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** The keys of a policy, for the block of [retryPolicy]. Each property is null, and so has its default, until it is given. */
@RetryPolicyDsl
public class RetryPolicyScope internal constructor(private val builder: RetryPolicyBuilder) {

    private val given = Given()

    /** The preset to start from instead of the defaults: `course`, `aws-standard-2.0`, `aws-standard-2.1` or `grpc`. */
    public var preset: String? by given.Setting { builder.preset(it) }

    /** The most attempts, the first counted in, at least 1. Default 3. */
    public var maxAttempts: Int? by given.Setting { builder.maxAttempts(it) }

    /** The most attempts, the first not counted, at least 0; another way to give [maxAttempts]. */
    public var maxRetries: Int? by given.Setting { builder.settings(mapOf("max-retries" to it.toString())) }

    /** Lifts the limit of attempts; the value is the reason why this policy needs none, and not blank. */
    public var unbounded: String? by given.Setting { builder.unbounded(it) }

    /** How delays grow. Default exponential. */
    public var backoff: BackoffKind? by given.Setting { builder.backoff(it) }

    /** The delay that the others are made of, at most [maxDelay]. Default 100 ms. */
    public var baseDelay: Duration? by duration("base-delay")

    /** What each delay of an exponential backoff is multiplied by to make the next, at least 1. Default 2. */
    public var multiplier: Double? by given.Setting { builder.multiplier(it) }

    /** What each delay of a linear backoff is longer than the last. Default [baseDelay]. */
    public var increment: Duration? by duration("increment")

    /** The cap of every delay, after jitter. Default 20 s. */
    public var maxDelay: Duration? by duration("max-delay")

    /** How delays are spread by chance. Default full. */
    public var jitter: Jitter? by given.Setting { builder.jitter(it) }

    /** The longest that a call may take, attempts and delays together; [Duration.INFINITE] switches it off. Default 30 s. */
    public var totalTimeout: Duration? by duration("total-timeout")

    /** The longest that an attempt may take, at most [totalTimeout]. Default no limit but that one. */
    public var attemptTimeout: Duration? by duration("attempt-timeout")

    /** What is done with a server's hint. Default honour. */
    public var retryAfter: Hints.Mode? by given.Setting { builder.retryAfter(it) }

    /** The longest wait that is taken from a server. Default 60 s. */
    public var retryAfterLimit: Duration? by duration("retry-after-limit")

    /** The budget that retries are paid from. Default [FleetSpec.DEFAULT]; [BudgetSpec.Off] is none. */
    public var budget: BudgetSpec? by given.Setting { builder.budget(it) }

    /** How many clients, each with a budget of its own, call the same target: 1 to 10,000,000, for the default budget only. */
    public var clients: Int? by given.Setting { builder.clients(it) }

    /** What is done with a failure on which a call inside this one has given up. Default suppress. */
    public var nested: Nested? by given.Setting { builder.nested(it) }

    /**
     * A backoff written in code, with a cap and a jitter of its own.
     *
     * @param custom the backoff
     */
    public fun backoff(custom: Backoff) {
        builder.backoff(custom)
    }

    /**
     * How long a call waits for its budget, where that has rejected a retry. Default: it does not wait.
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
     * Exceptions that are retried if a predicate says so, besides those that are transient by default.
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
        builder.retryOnResult(type.javaObjectType) { rejected(it) }
    }

    /** The value `null` is retried. */
    public fun retryOnNull() {
        builder.retryOnNull()
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
        on(error.java.name, configure)
    }

    /**
     * Says what every outcome means, instead of the standard classifier.
     *
     * @param classifier the classifier
     */
    public fun classifier(classifier: Classifier) {
        builder.classifier(classifier)
    }

    /**
     * Says what every outcome means with the help of the standard classifier.
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

    private fun duration(key: String) = given.Setting<Duration> { builder.settings(mapOf(key to textOf(it))) }
}
