package dev.respite.policy;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call is retried, and after which delay: an immutable value that does nothing else.
 *
 * <p>A policy made with no options makes at most 3 attempts, and retries only known transient errors. Its delays grow
 * exponentially from 100 ms with full jitter under a cap of 20 s. It stops at a total timeout of 30 s, honours a server's hint
 * up to 60 s and has a retry budget. All keys, in the text form, the map form and as methods of the {@linkplain
 * RetryPolicyBuilder builder}, are described there.
 *
 * <p>Two policies are equal if their parts are; parts written in code are compared by {@code equals}.
 */
public final class RetryPolicy {

    /** Five minutes, in nanoseconds. After a longer deferral, calls would still wait when the target has room for all of them. */
    private static final long MAX_DEFERRAL_NANOS = 300_000_000_000L;

    private final Limits limits;
    private final Backoff backoff;
    private final Hints hints;
    private final BudgetSpec budget;
    private final Classifier classifier;
    private final ErrorRules rules;

    private final Set<String> acknowledged;

    private final boolean timed;
    private final long totalTimeoutNanos;

    RetryPolicy(
            Limits limits, Backoff backoff, Hints hints, BudgetSpec budget, Classifier classifier, ErrorRules rules) {
        this.limits = limits;
        this.backoff = backoff;
        this.hints = hints;
        this.budget = budget;
        this.classifier = classifier;
        this.rules = rules;
        this.acknowledged = Set.of();
        this.timed = limits.totalTimeout().isPresent();
        this.totalTimeoutNanos =
                limits.totalTimeout().map(ValueFormat::saturatedNanos).orElse(Long.MAX_VALUE);
    }

    private RetryPolicy(RetryPolicy policy, Classifier classifier, Set<String> acknowledged) {
        this.limits = policy.limits;
        this.backoff = policy.backoff;
        this.hints = policy.hints;
        this.budget = policy.budget;
        this.classifier = classifier;
        this.rules = policy.rules;
        this.acknowledged = acknowledged;
        this.timed = policy.timed;
        this.totalTimeoutNanos = policy.totalTimeoutNanos;
    }

    /** Returns this policy without the warnings of these codes. */
    RetryPolicy acknowledging(Set<String> codes) {
        return codes.isEmpty() ? this : new RetryPolicy(this, classifier, codes);
    }

    /** {@return the policy with no options} */
    public static RetryPolicy defaults() {
        return builder().build();
    }

    /** {@return a builder that starts from the defaults} */
    public static RetryPolicyBuilder builder() {
        return new RetryPolicyBuilder();
    }

    /**
     * Reads a policy from one line of {@code key=value}, separated by white space. A value with white space in it stands
     * in double quotes, in which a backslash keeps the next character as it is.
     *
     * @param text such as {@code max-attempts=4 backoff=exponential base-delay=50ms}; empty for the defaults
     * @return the policy
     * @throws InvalidPolicyException if a key or value is unknown or wrong, or two given values contradict each other
     */
    public static RetryPolicy parse(String text) {
        return of(PolicyText.read(Objects.requireNonNull(text, "text")));
    }

    /**
     * {@return a policy from keys and values, as configuration files have them}
     *
     * @param settings the keys and values of the text form
     * @throws InvalidPolicyException as {@link #parse(String)}
     */
    public static RetryPolicy of(Map<String, String> settings) {
        return builder().settings(settings).build();
    }

    /** {@return a builder that starts from this policy instead of the defaults} */
    public RetryPolicyBuilder toBuilder() {
        return new RetryPolicyBuilder(this);
    }

    /**
     * {@return this policy with another classifier} The drivers for one protocol use this to judge its outcomes.
     *
     * @param classifier the classifier, which alone decides about retries; it may query {@link #rules()}
     */
    public RetryPolicy withClassifier(Classifier classifier) {
        return new RetryPolicy(this, classifier, acknowledged);
    }

    /**
     * {@return this policy with a total timeout of at most this time} For drivers whose calls have deadlines of their own.
     *
     * @param limit the time that a call has, not negative
     * @throws InvalidPolicyException if it is negative
     */
    public RetryPolicy withTotalTimeoutAtMost(Duration limit) {
        GivenSettings.requireNotNegative(PolicyKeys.TOTAL_TIMEOUT, limit);
        if (limits.totalTimeout().isPresent() && limits.totalTimeout().get().compareTo(limit) <= 0) {
            return this;
        }
        Limits shorter = new Limits(
                limits.maxAttempts(),
                Optional.of(limit),
                limits.attemptTimeout(),
                limits.unboundedReason(),
                limits.budgetWait(),
                limits.nested());
        return new RetryPolicy(shorter, backoff, hints, budget, classifier, rules).acknowledging(acknowledged);
    }

    /**
     * {@return this policy for attempts that run side by side} It has the classifier, limits, hints and budget of this one. It has
     * no backoff, neither in general nor in its rules, and does not wait for the budget.
     *
     * @param maxAttempts the maximum number of attempts, at least 1; a rule for a kind of error may have fewer, not more
     * @throws InvalidPolicyException if it is below 1
     */
    public RetryPolicy withHedging(int maxAttempts) {
        int most = Numbers.whole(PolicyKeys.MAX_ATTEMPTS, Integer.toString(maxAttempts), 1);
        Limits side = new Limits(
                most,
                limits.totalTimeout(),
                limits.attemptTimeout(),
                Optional.empty(),
                Optional.empty(),
                limits.nested());
        return new RetryPolicy(side, BackoffFormula.IMMEDIATE, hints, budget, classifier, rules.hedging(most))
                .acknowledging(acknowledged);
    }

    /**
     * Decides what to do after an attempt. The budget is queried afterwards, by the driver.
     *
     * @param attempt the attempt that has ended, at the time when it ended
     * @param outcome its outcome
     * @param roll a number drawn uniformly from [0, 1)
     * @param <T> the type of the call's value
     * @return what to do now
     */
    public <T extends @Nullable Object> Decision<T> decide(Attempt attempt, Outcome<T> outcome, double roll) {
        return decide(attempt, outcome, classify(outcome), roll);
    }

    /**
     * Decides what to do after an attempt whose outcome has been classified.
     *
     * @param attempt the attempt that has ended, at the time when it ended
     * @param outcome its outcome
     * @param verdict the verdict on it
     * @param roll a number drawn uniformly from [0, 1)
     * @param <T> the type of the call's value
     * @return what to do now
     */
    public <T extends @Nullable Object> Decision<T> decide(
            Attempt attempt, Outcome<T> outcome, Verdict verdict, double roll) {
        if (verdict instanceof Verdict.Transient error) {
            return decideTransient(attempt, outcome, error, roll);
        }
        if (verdict instanceof Verdict.Fatal fatal) {
            return Decision.stop(outcome, fatal.reason());
        }
        // A failure is never a success, whatever the classifier returns.
        boolean accepted = outcome instanceof Outcome.Success<T>;
        return Decision.stop(outcome, accepted ? StopReason.ACCEPTED : StopReason.FATAL);
    }

    /**
     * Classifies an outcome. An {@link Error}, {@linkplain Outcome.Failure#isInterruption an interruption} and a cancellation
     * are fatal, whatever the classifier would return.
     *
     * @param outcome the outcome of an attempt
     * @return the verdict
     */
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure) {
            Optional<Verdict> never = NeverRetried.verdict(failure);
            return never.isPresent() ? never.get() : classifier.classify(outcome);
        }
        return classifier.judgesValues() ? classifier.classify(outcome) : Verdict.accept();
    }

    private <T extends @Nullable Object> Decision<T> decideTransient(
            Attempt attempt, Outcome<T> outcome, Verdict.Transient error, double roll) {
        Optional<ErrorRules.Rule> rule = rules.rule(outcome, error.kind());
        int maxAttempts =
                rule.isPresent() ? rule.get().maxAttempts().orElse(limits.maxAttempts()) : limits.maxAttempts();
        if (attempt.number() >= maxAttempts) {
            return Decision.stop(outcome, StopReason.ATTEMPTS_EXHAUSTED);
        }
        Optional<BackoffFormula> own = rule.flatMap(ErrorRules.Rule::backoff);
        Backoff chosen = own.isPresent() ? own.get() : backoff;
        long backoffNanos = Math.max(0, chosen.delayNanos(attempt, roll));
        long delayNanos = backoffNanos;
        if (!error.notBefore().isZero()) {
            Hints heeded = error.kind().load() == ErrorKind.Load.NONE ? Hints.OWN_HINT : hints;
            long hint = ValueFormat.saturatedNanos(error.notBefore());
            if (heeded.exceedsLimit(hint)) {
                return Decision.stop(outcome, StopReason.RETRY_AFTER_TOO_LONG);
            }
            delayNanos = Math.max(backoffNanos, heeded.delayNanos(hint, Hints.areSpread(chosen), roll));
        }
        // The delay is never cut to the time left: the retries of many calls would end in a burst.
        if (reachesTimeout(attempt, delayNanos)) {
            return Decision.stop(outcome, StopReason.TOTAL_TIMEOUT);
        }
        return new Decision.RetryAfter<>(delayNanos, backoffNanos, error.kind());
    }

    /**
     * Returns how long a retry that the budget has rejected again is deferred, before the budget is queried once more. The
     * policy's own backoff determines the delay. It grows with each deferral as it grows with each attempt, up to five minutes.
     *
     * @param attempt the attempt that is to be made, at the time when the budget rejected it
     * @param deferrals how often it was deferred before, 0 or more
     * @param roll a number drawn uniformly from [0, 1)
     * @return the delay in nanoseconds; empty if it would reach the total timeout
     */
    public OptionalLong deferNanos(Attempt attempt, int deferrals, double roll) {
        int step = (int) Math.min(Integer.MAX_VALUE - 1L, (long) attempt.number() - 1 + deferrals);
        Attempt deferred = new Attempt(Math.max(1, step), attempt.elapsedNanos(), attempt.lastBackoffNanos());
        long delayNanos = Math.max(0, backoff.delayNanos(deferred, roll));
        if (delayNanos > MAX_DEFERRAL_NANOS) {
            // Spread over the upper half, so that long delays do not become equal ones.
            delayNanos = MAX_DEFERRAL_NANOS / 2 + delayNanos % (MAX_DEFERRAL_NANOS / 2);
        }
        return reachesTimeout(attempt, delayNanos) ? OptionalLong.empty() : OptionalLong.of(delayNanos);
    }

    private boolean reachesTimeout(Attempt attempt, long delayNanos) {
        return timed && Numbers.saturatedAdd(attempt.elapsedNanos(), delayNanos) >= totalTimeoutNanos;
    }

    /**
     * Returns the time that an attempt may take: the attempt timeout, or the rest of the total timeout if that is less.
     *
     * @param attempt the attempt, as it starts
     * @return the time, possibly zero; empty if neither limit is set
     */
    public Optional<Duration> timeoutOf(Attempt attempt) {
        Optional<Duration> left =
                limits.totalTimeout().map(total -> atLeastZero(total.minusNanos(attempt.elapsedNanos())));
        Optional<Duration> own = limits.attemptTimeout();
        if (left.isPresent() && own.isPresent()) {
            return left.get().compareTo(own.get()) < 0 ? left : own;
        }
        return left.isPresent() ? left : own;
    }

    private static Duration atLeastZero(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /** {@return every value that applies by its key, in the order of the vocabulary, as {@link #of(Map)} takes them} */
    public Map<String, String> settings() {
        return PolicyWriter.settings(this);
    }

    /** {@return the limits of a call} */
    public Limits limits() {
        return limits;
    }

    /** {@return the backoff of errors that have no rule of their own} */
    public Backoff backoff() {
        return backoff;
    }

    /** {@return the treatment of a server's hint} */
    public Hints hints() {
        return hints;
    }

    /** {@return the specification of the budget} The budget itself belongs to the {@code Retry}. */
    public BudgetSpec budget() {
        return budget;
    }

    /** {@return the classifier of outcomes} */
    public Classifier classifier() {
        return classifier;
    }

    /** {@return the rules for particular errors: {@code retry-on}, {@code stop-on} and the rules for kinds of error} */
    public ErrorRules rules() {
        return rules;
    }

    /**
     * {@return the codes of the warnings that the author of this policy has acknowledged: they are not given, see {@link
     * Explanation.Warning#code}}
     */
    public Set<String> acknowledged() {
        return acknowledged;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetryPolicy that
                && limits.equals(that.limits)
                && backoff.equals(that.backoff)
                && hints.equals(that.hints)
                && budget.equals(that.budget)
                && classifier.equals(that.classifier)
                && rules.equals(that.rules)
                && acknowledged.equals(that.acknowledged);
    }

    @Override
    public int hashCode() {
        return Objects.hash(limits, backoff, hints, budget, classifier, rules, acknowledged);
    }

    /**
     * The policy in its text form, with every value that applies, given or not. For a policy of named parts {@link
     * #parse(String)} is the inverse; a part that was written in code shows as {@code (custom)}.
     *
     * @return one line of {@code key=value}
     */
    @Override
    public String toString() {
        return PolicyText.write(settings());
    }
}
