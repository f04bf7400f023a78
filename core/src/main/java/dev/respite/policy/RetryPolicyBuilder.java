package dev.respite.policy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a {@link RetryPolicy}. A method with the name of a key of the text form means the same.
 *
 * <p>{@link #build()} checks the whole. Only values that were given here contradict each other. A value from the defaults, from a
 * preset or from another policy yields to a given one. A builder is for one thread.
 */
public final class RetryPolicyBuilder {

    private final GivenSettings given = new GivenSettings();
    private final CustomParts code = new CustomParts();
    private final Map<String, String> inherited = new LinkedHashMap<>(Presets.DEFAULTS);
    private final CustomParts inheritedCode;

    RetryPolicyBuilder() {
        this.inheritedCode = new CustomParts();
    }

    RetryPolicyBuilder(RetryPolicy policy) {
        Map<String, String> named = policy.settings();
        named.values().removeIf(PolicyKeys.CUSTOM::equals);
        inherited.putAll(named);
        this.inheritedCode = CustomParts.of(policy);
    }

    /**
     * Takes keys and values of the text form.
     *
     * @param settings the keys and values
     * @return this builder
     */
    public RetryPolicyBuilder settings(Map<String, String> settings) {
        given.putAll(settings);
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
     * Sets the maximum number of attempts, the first included. Defaults to 3.
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
     * Sets the growth of delays. Defaults to exponential.
     *
     * @param kind the kind
     * @return this builder
     */
    public RetryPolicyBuilder backoff(BackoffKind kind) {
        code.backoff = Optional.empty();
        return set(PolicyKeys.BACKOFF, kind.toString());
    }

    /**
     * Sets a backoff written in code, with a cap and a jitter of its own.
     *
     * @param backoff the backoff, such as {@link Backoff#of}
     * @return this builder
     */
    public RetryPolicyBuilder backoff(Backoff backoff) {
        given.remove(PolicyKeys.BACKOFF);
        code.backoff = Optional.of(backoff);
        return this;
    }

    /**
     * Sets the delay that the others are made of. Defaults to 100 ms.
     *
     * @param delay not negative, at most the maximum delay
     * @return this builder
     */
    public RetryPolicyBuilder baseDelay(Duration delay) {
        return set(PolicyKeys.BASE_DELAY, delay);
    }

    /**
     * Sets the ratio of each delay of an exponential backoff to the one before. Defaults to 2.
     *
     * @param multiplier at least 1
     * @return this builder
     */
    public RetryPolicyBuilder multiplier(double multiplier) {
        return set(PolicyKeys.MULTIPLIER, ValueFormat.format(multiplier));
    }

    /**
     * Sets the difference of each delay of a linear backoff to the one before. Defaults to the base delay.
     *
     * @param increment not negative
     * @return this builder
     */
    public RetryPolicyBuilder increment(Duration increment) {
        return set(PolicyKeys.INCREMENT, increment);
    }

    /**
     * Sets the cap of every delay, after jitter. Defaults to 20 s.
     *
     * @param delay not negative
     * @return this builder
     */
    public RetryPolicyBuilder maxDelay(Duration delay) {
        return set(PolicyKeys.MAX_DELAY, delay);
    }

    /**
     * Sets the random spread of delays. Defaults to full jitter.
     *
     * @param jitter the jitter
     * @return this builder
     */
    public RetryPolicyBuilder jitter(Jitter jitter) {
        return set(PolicyKeys.JITTER, jitter.toString());
    }

    /**
     * Limits the time of a call, attempts and delays together. Defaults to 30 s.
     *
     * @param timeout at least a microsecond
     * @return this builder
     */
    public RetryPolicyBuilder totalTimeout(Duration timeout) {
        return set(PolicyKeys.TOTAL_TIMEOUT, timeout);
    }

    /**
     * Limits the time of an attempt, in drivers that can end one. Defaults to the total timeout only.
     *
     * @param timeout at least a microsecond, at most the total timeout
     * @return this builder
     */
    public RetryPolicyBuilder attemptTimeout(Duration timeout) {
        return set(PolicyKeys.ATTEMPT_TIMEOUT, timeout);
    }

    /**
     * Sets the treatment of a failure, or a value, on which a call inside this one has given up. Defaults to suppress.
     *
     * @param nested suppress or retry
     * @return this builder
     */
    public RetryPolicyBuilder nested(Nested nested) {
        return set(PolicyKeys.NESTED, nested.toString());
    }

    /**
     * Sets the treatment of a server's hint. Defaults to honour.
     *
     * @param mode the mode
     * @return this builder
     */
    public RetryPolicyBuilder retryAfter(Hints.Mode mode) {
        return set(PolicyKeys.RETRY_AFTER, mode.toString());
    }

    /**
     * Limits the delay that a server may request. Defaults to 60 s.
     *
     * @param limit not negative
     * @return this builder
     */
    public RetryPolicyBuilder retryAfterLimit(Duration limit) {
        return set(PolicyKeys.RETRY_AFTER_LIMIT, limit);
    }

    /**
     * Sets the budget that retries are paid from. Defaults to {@link FleetSpec#DEFAULT}.
     *
     * @param budget its specification
     * @return this builder
     */
    public RetryPolicyBuilder budget(BudgetSpec budget) {
        return set(PolicyKeys.BUDGET, budget.toString());
    }

    /**
     * Sets the number of clients of the target, each with a budget of its own. The default is safe for up to {@value
     * FleetSpec#ASSUMED_CLIENTS} clients of one target; declare more, or fewer to have each retry more.
     *
     * @param clients 1 to 10,000,000; only for the default budget
     * @return this builder
     */
    public RetryPolicyBuilder clients(int clients) {
        return set(PolicyKeys.CLIENTS, Integer.toString(clients));
    }

    /**
     * Sets how long a call waits for its budget, which has rejected a retry. By default it ends. Successes of other calls release
     * waiting calls in the order of their beginning. A blocking call holds its thread meanwhile.
     *
     * @param wait the maximum wait, at most the total timeout, and the maximum number of waiting calls
     * @return this builder
     */
    public RetryPolicyBuilder budgetWait(BudgetWait wait) {
        return set(PolicyKeys.BUDGET_WAIT, wait.toString());
    }

    /**
     * Retries errors besides those that are transient by default. {@link #build()} rejects errors of the virtual machine,
     * interruptions and cancellations, which are never retried.
     *
     * @param errors class names, HTTP statuses, {@code 5xx}, SQLStates or their beginnings ({@code sqlstate:08}), vendors' codes
     *     ({@code sqlcode:1205}), gRPC codes ({@code grpc:UNAVAILABLE}), names ({@code timeout}) or {@code any}
     * @return this builder
     */
    public RetryPolicyBuilder retryOn(String... errors) {
        given.add(PolicyKeys.RETRY_ON, errors);
        return this;
    }

    /**
     * Retries a class of exceptions, with its subclasses, besides those that are transient by default.
     *
     * @param error the class
     * @return this builder
     * @throws InvalidPolicyException if it is a class of errors, interruptions or cancellations, which are never retried
     */
    public RetryPolicyBuilder retryOn(Class<? extends Throwable> error) {
        SelectorSyntax.checkRetried(error);
        return retryOn(SelectorSyntax.of(error));
    }

    /**
     * Retries these classes of exceptions, with their subclasses, and no other errors than those that {@code retryOn} and {@code
     * retryOnException} name, as {@code stop-on=any} does in the text form. Results are still judged by {@code retryOnResult}.
     *
     * @param errors the classes, at least one
     * @return this builder
     * @throws InvalidPolicyException without a class, and as {@link #retryOn(Class)}
     */
    @SafeVarargs
    public final RetryPolicyBuilder retryOnly(Class<? extends Throwable>... errors) {
        if (errors.length == 0) {
            throw new InvalidPolicyException("retryOnly() has no class, so nothing is retried; name a class");
        }
        for (Class<? extends Throwable> error : errors) {
            retryOn(error);
        }
        return stopOn(SelectorSyntax.ANY);
    }

    /**
     * Retries exceptions for which a predicate returns true, besides those that are transient by default. The predicate receives
     * the outermost exception of its class in the chain of causes. Selectors precede it, but for kinds of errors and {@code any}.
     *
     * @param type the class of the exceptions that the predicate receives
     * @param retried true for an exception that is retried; pure
     * @param <X> the class of the exceptions
     * @return this builder
     * @throws InvalidPolicyException if it is a class of errors, interruptions or cancellations, which are never retried
     */
    public <X extends Throwable> RetryPolicyBuilder retryOnException(Class<X> type, Predicate<? super X> retried) {
        SelectorSyntax.checkRetried(type);
        code.retryOn(type, retried);
        return this;
    }

    /**
     * Ends calls at errors that may be transient by default.
     *
     * @param errors as for {@link #retryOn(String...)}
     * @return this builder
     */
    public RetryPolicyBuilder stopOn(String... errors) {
        given.add(PolicyKeys.STOP_ON, errors);
        return this;
    }

    /**
     * Ends calls at a class of exceptions, with its subclasses, that may be transient by default.
     *
     * @param error the class
     * @return this builder
     */
    public RetryPolicyBuilder stopOn(Class<? extends Throwable> error) {
        return stopOn(SelectorSyntax.of(error));
    }

    /**
     * Retries results for which a predicate returns true, as errors of the kind {@link ErrorKind#RESULT}. It receives {@code null}
     * too, which is accepted if the predicate throws a {@link NullPointerException}.
     *
     * @param type the type of the results that the predicate receives
     * @param rejected true for a result that is not accepted; pure
     * @param <R> the type of the results
     * @return this builder
     */
    public <R> RetryPolicyBuilder retryOnResult(Class<R> type, Predicate<? super R> rejected) {
        code.reject(type, rejected);
        return this;
    }

    /**
     * Retries a result, as an error of the kind {@link ErrorKind#RESULT}.
     *
     * @param rejected the result, compared by {@code equals}, or null; no predicate, which needs the class of its results
     * @return this builder
     */
    public RetryPolicyBuilder retryOnResult(@Nullable Object rejected) {
        code.reject(rejected);
        return this;
    }

    /**
     * Sets a key for one kind of error: {@code on("503", "max-attempts", "5")}.
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
     * Classifies every outcome, in place of the standard classifier, {@code retryOn}, {@code stopOn} and {@code retryOnResult}.
     *
     * @param classifier the classifier
     * @return this builder
     */
    public RetryPolicyBuilder classifier(Classifier classifier) {
        code.classifier = Optional.of(classifier);
        return this;
    }

    /**
     * Classifies every outcome with the help of the standard classifier, which obeys the other methods.
     *
     * <pre>{@code
     * builder.wrapClassifier(standard -> outcome -> isQuota(outcome) ? Verdict.fatal() : standard.classify(outcome))
     * }</pre>
     *
     * @param wrapper makes the policy's classifier from the standard one; called once by {@link #build}
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
        return PolicyCompiler.compile(new Settings(given.values(), inherited), code, inheritedCode);
    }

    private RetryPolicyBuilder set(String key, String value) {
        given.put(key, value);
        return this;
    }

    private RetryPolicyBuilder set(String key, Duration value) {
        given.put(key, value);
        return this;
    }
}
