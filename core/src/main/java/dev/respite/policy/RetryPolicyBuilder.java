package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Collects the parts of a {@link RetryPolicy}. Each method has the name of a key of the text form and means the same.
 *
 * <p>Nothing is checked before {@link #build()}, which looks at the whole. Only values that were given here contradict each
 * other. A value from the defaults, from a preset or from another policy yields to a given one. A builder is for one thread.
 */
public final class RetryPolicyBuilder {

    private final Map<String, String> given = new LinkedHashMap<>();
    private final CustomParts code = new CustomParts();
    private final Map<String, String> inherited = new LinkedHashMap<>(Presets.DEFAULTS);
    private final CustomParts inheritedCode;

    RetryPolicyBuilder() {
        this.inheritedCode = new CustomParts();
    }

    RetryPolicyBuilder(RetryPolicy policy) {
        policy.settings().forEach((key, value) -> {
            if (!value.equals(PolicyKeys.CUSTOM)) {
                inherited.put(key, value);
            }
        });
        this.inheritedCode = CustomParts.of(policy);
    }

    /**
     * Takes keys and values as the text form has them.
     *
     * @param settings the keys and values
     * @return this builder
     */
    public RetryPolicyBuilder settings(Map<String, String> settings) {
        settings.forEach((key, value) -> {
            if (value == null) {
                throw InvalidPolicyException.of(key, "", "it has no value; give it one or leave it out");
            }
            given.put(key, value);
        });
        return this;
    }

    /**
     * Starts from a named preset instead of the defaults; explicitly set values override it.
     *
     * @param name {@code course}, {@code aws-standard-2.0}, {@code aws-standard-2.1} or {@code grpc}
     * @return this builder
     */
    public RetryPolicyBuilder preset(String name) {
        return set(PolicyKeys.PRESET, name);
    }

    /**
     * The most attempts, the first counted in. Default 3.
     *
     * @param attempts at least 1
     * @return this builder
     */
    public RetryPolicyBuilder maxAttempts(int attempts) {
        return set(PolicyKeys.MAX_ATTEMPTS, Integer.toString(attempts));
    }

    /**
     * Lifts the limit of attempts. The total timeout stays, unless it is switched off too.
     *
     * @param reason why this policy needs no limit, for those who read it later; not blank
     * @return this builder
     */
    public RetryPolicyBuilder unbounded(String reason) {
        return set(PolicyKeys.UNBOUNDED, reason);
    }

    /**
     * The growth of delays. Default exponential.
     *
     * @param kind the kind
     * @return this builder
     */
    public RetryPolicyBuilder backoff(BackoffKind kind) {
        code.backoff = Optional.empty();
        return set(PolicyKeys.BACKOFF, kind.toString());
    }

    /**
     * A backoff written in code, with a cap and a jitter of its own.
     *
     * @param backoff the backoff
     * @return this builder
     */
    public RetryPolicyBuilder backoff(Backoff backoff) {
        given.remove(PolicyKeys.BACKOFF);
        code.backoff = Optional.of(backoff);
        return this;
    }

    /**
     * The delay that the others are made of. Default 100 ms.
     *
     * @param delay not negative, at most the maximum delay
     * @return this builder
     */
    public RetryPolicyBuilder baseDelay(Duration delay) {
        return set(PolicyKeys.BASE_DELAY, delay);
    }

    /**
     * The ratio of each delay of an exponential backoff to the one before. Default 2.
     *
     * @param multiplier at least 1
     * @return this builder
     */
    public RetryPolicyBuilder multiplier(double multiplier) {
        return set(PolicyKeys.MULTIPLIER, ValueFormat.format(multiplier));
    }

    /**
     * The difference of each delay of a linear backoff to the one before. Default the base delay.
     *
     * @param increment not negative
     * @return this builder
     */
    public RetryPolicyBuilder increment(Duration increment) {
        return set(PolicyKeys.INCREMENT, increment);
    }

    /**
     * The cap of every delay, after jitter. Default 20 s.
     *
     * @param delay not negative
     * @return this builder
     */
    public RetryPolicyBuilder maxDelay(Duration delay) {
        return set(PolicyKeys.MAX_DELAY, delay);
    }

    /**
     * The random spread of delays. Default full.
     *
     * @param jitter the jitter
     * @return this builder
     */
    public RetryPolicyBuilder jitter(Jitter jitter) {
        return set(PolicyKeys.JITTER, jitter.toString());
    }

    /**
     * The longest that a call may take, attempts and delays together. Default 30 s.
     *
     * @param timeout at least a microsecond
     * @return this builder
     */
    public RetryPolicyBuilder totalTimeout(Duration timeout) {
        return set(PolicyKeys.TOTAL_TIMEOUT, timeout);
    }

    /**
     * The longest that an attempt may take, for the drivers that can end one. Default no limit but the total timeout.
     *
     * @param timeout at least a microsecond, at most the total timeout
     * @return this builder
     */
    public RetryPolicyBuilder attemptTimeout(Duration timeout) {
        return set(PolicyKeys.ATTEMPT_TIMEOUT, timeout);
    }

    /**
     * The treatment of a failure, or a value, on which a call inside this one has given up. Default suppress.
     *
     * @param nested suppress or retry
     * @return this builder
     */
    public RetryPolicyBuilder nested(Nested nested) {
        return set(PolicyKeys.NESTED, nested.toString());
    }

    /**
     * The treatment of a server's hint. Default honour.
     *
     * @param mode the mode
     * @return this builder
     */
    public RetryPolicyBuilder retryAfter(Hints.Mode mode) {
        return set(PolicyKeys.RETRY_AFTER, mode.toString());
    }

    /**
     * The longest wait that is taken from a server. Default 60 s.
     *
     * @param limit not negative
     * @return this builder
     */
    public RetryPolicyBuilder retryAfterLimit(Duration limit) {
        return set(PolicyKeys.RETRY_AFTER_LIMIT, limit);
    }

    /**
     * The budget that retries are paid from. Default {@link FleetSpec#DEFAULT}.
     *
     * @param budget its specification
     * @return this builder
     */
    public RetryPolicyBuilder budget(BudgetSpec budget) {
        return set(PolicyKeys.BUDGET, budget.toString());
    }

    /**
     * The number of clients of the target, each with a budget of its own. Default: not declared, which is safe for up to
     * {@value FleetSpec#ASSUMED_CLIENTS} clients of one target; declare more, or fewer to have each retry more.
     *
     * @param clients 1 to 10,000,000; only for the default budget
     * @return this builder
     */
    public RetryPolicyBuilder clients(int clients) {
        return set(PolicyKeys.CLIENTS, Integer.toString(clients));
    }

    /**
     * Sets the longest wait of a call for its budget after the budget has rejected a retry. Default: a rejection ends the
     * call. Successes of other calls release the calls that wait, in the order in which they began. A blocking call holds its
     * thread while it waits.
     *
     * @param wait the longest wait, at most the total timeout, and the most calls that wait
     * @return this builder
     */
    public RetryPolicyBuilder budgetWait(BudgetWait wait) {
        return set(PolicyKeys.BUDGET_WAIT, wait.toString());
    }

    /**
     * Errors that are retried besides those that are transient by default. {@link #build()} rejects errors of the virtual
     * machine, interruptions and cancellations, which are never retried.
     *
     * @param errors class names, HTTP statuses, {@code 5xx}, SQLStates or their beginnings ({@code sqlstate:08}), vendors' codes
     *     ({@code sqlcode:1205}), gRPC codes ({@code grpc:UNAVAILABLE}), names ({@code timeout}) or {@code any}
     * @return this builder
     */
    public RetryPolicyBuilder retryOn(String... errors) {
        return add(PolicyKeys.RETRY_ON, errors);
    }

    /**
     * An exception that is retried, with its subclasses, besides those that are transient by default.
     *
     * @param error the class
     * @return this builder
     * @throws InvalidPolicyException if it is a class of errors, interruptions or cancellations, which are never retried
     */
    public RetryPolicyBuilder retryOn(Class<? extends Throwable> error) {
        SelectorSyntax.checkRetried(error);
        return add(PolicyKeys.RETRY_ON, error.getName());
    }

    /**
     * Exceptions that are retried if a predicate returns true, besides those that are transient by default. The predicate
     * receives the outermost exception of the class in the chain of causes. The selectors of {@code retry-on} and {@code
     * stop-on} precede it, but for kinds of errors and {@code any}.
     *
     * @param type the class of the exceptions that are looked at
     * @param retried true for an exception that is retried; pure
     * @param <X> the class of the exceptions
     * @return this builder
     * @throws InvalidPolicyException if it is a class of errors, interruptions or cancellations, which are never retried
     */
    public <X extends Throwable> RetryPolicyBuilder retryOnException(Class<X> type, Predicate<? super X> retried) {
        SelectorSyntax.checkRetried(type);
        Objects.requireNonNull(retried, "retried");
        code.failures.add(failure -> CauseChain.first(
                        failure, error -> type.isInstance(error) ? Optional.of(type.cast(error)) : Optional.empty())
                .filter(retried)
                .isPresent());
        return this;
    }

    /**
     * Errors that are not retried, though they may be transient by default.
     *
     * @param errors as for {@link #retryOn(String...)}
     * @return this builder
     */
    public RetryPolicyBuilder stopOn(String... errors) {
        return add(PolicyKeys.STOP_ON, errors);
    }

    /**
     * An exception that is not retried, nor its subclasses, though it may be transient by default.
     *
     * @param error the class
     * @return this builder
     */
    public RetryPolicyBuilder stopOn(Class<? extends Throwable> error) {
        return add(PolicyKeys.STOP_ON, error.getName());
    }

    /**
     * Values that are retried, as errors of the kind {@link ErrorKind#RESULT}. For {@code null}, which is of no type, there
     * is {@link #retryOnNull}.
     *
     * @param type the type of the values that are looked at
     * @param rejected true for a value that is not accepted; pure
     * @param <R> the type of the values
     * @return this builder
     */
    public <R> RetryPolicyBuilder retryOnResult(Class<R> type, Predicate<? super R> rejected) {
        code.results.add(value -> type.isInstance(value) && rejected.test(type.cast(value)));
        return this;
    }

    /**
     * The value {@code null} is retried, as an error of the kind {@link ErrorKind#RESULT}.
     *
     * @return this builder
     */
    public RetryPolicyBuilder retryOnNull() {
        code.results.add(Objects::isNull);
        return this;
    }

    /**
     * A setting for one kind of error: {@code on("503", "max-attempts", "5")}.
     *
     * @param error as for {@link #retryOn(String...)}
     * @param key {@code max-attempts}, {@code max-retries}, {@code backoff}, {@code base-delay}, {@code multiplier},
     *     {@code increment}, {@code max-delay} or {@code jitter}
     * @param value its value in the text form
     * @return this builder
     */
    public RetryPolicyBuilder on(String error, String key, String value) {
        return set(PolicyKeys.RULE + error + "." + key, value);
    }

    /**
     * Classifies every outcome instead of the standard classifier; so {@code retryOn}, {@code stopOn} and {@code retryOnResult}
     * cannot be given beside it.
     *
     * @param classifier the classifier
     * @return this builder
     */
    public RetryPolicyBuilder classifier(Classifier classifier) {
        code.classifier = Optional.of(classifier);
        return this;
    }

    /**
     * Classifies every outcome with the help of the standard classifier, which is the one that this policy would have
     * otherwise. That honours {@code retryOn}, {@code stopOn}, {@code retryOnException} and {@code retryOnResult}.
     *
     * <pre>{@code
     * builder.wrapClassifier(standard -> outcome -> isQuota(outcome) ? Verdict.fatal() : standard.classify(outcome))
     * }</pre>
     *
     * @param wrapper makes the classifier of the policy from the standard one; called once by {@link #build}
     * @return this builder
     */
    public RetryPolicyBuilder wrapClassifier(UnaryOperator<Classifier> wrapper) {
        code.around = Optional.of(wrapper);
        return this;
    }

    /**
     * Checks the whole and makes the policy. The builder can be used further.
     *
     * @return the policy
     * @throws InvalidPolicyException if a key or value is unknown or wrong, or two given values contradict each other
     */
    public RetryPolicy build() {
        return PolicyCompiler.compile(new Settings(given, inherited), code, inheritedCode);
    }

    private RetryPolicyBuilder set(String key, String value) {
        given.put(key, value);
        return this;
    }

    private RetryPolicyBuilder set(String key, Duration value) {
        if (value.isNegative()) {
            String text = "-" + ValueFormat.format(value.negated());
            throw InvalidPolicyException.of(key, text, "a duration is not negative, such as 100ms");
        }
        return set(key, ValueFormat.format(value));
    }

    private RetryPolicyBuilder add(String key, String... errors) {
        given.merge(key, String.join(",", errors), (before, added) -> before + "," + added);
        return this;
    }
}
