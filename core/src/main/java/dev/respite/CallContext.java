package dev.respite;

import dev.respite.RetryListener.Interest;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Nested;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The policy, the budget, the time and the publisher that all calls of one {@link Retry} share. Immutable; the budget and the
 * counters behind it are safe for use by any number of threads.
 *
 * @param policy what decides
 * @param budget what pays for retries
 * @param hooks the time, and the hooks that the user has given
 * @param reporter the name, the listener and the counters
 * @param readsClock whether the start of each call is read from the clock
 */
record CallContext(
        RetryPolicy policy, CallBudget budget, CallHooks hooks, EventPublisher reporter, boolean readsClock) {

    static CallContext of(RetryPolicy policy, RetryBudget budget, CallHooks hooks, EventPublisher reporter) {
        CallBudget guarded = new CallBudget(budget, policy, hooks, reporter);
        boolean readsClock = reporter.interest() == Interest.HISTORY
                || guarded.readsClock()
                || policy.limits().totalTimeout().isPresent();
        return new CallContext(policy, guarded, hooks, reporter, readsClock);
    }

    /** Returns this context for a driver. The budget keeps the clock and the random numbers that it has. */
    CallContext forDriver(Classifier classifier, CallHooks driven) {
        return new CallContext(
                policy.withClassifier(classifier), budget, driven, reporter.enforcingTimeouts(), readsClock);
    }

    TimeSource time() {
        return hooks.time();
    }

    Counters counters() {
        return reporter.counters();
    }

    /** Propagates the context of a caller to other threads; null if nothing does. */
    @Nullable
    UnaryOperator<Runnable> propagation() {
        return hooks.context();
    }

    /** Begins a call: returns the time in nanoseconds, or 0 if nothing needs it. */
    long begin() {
        return readsClock ? time().nanoTime() : 0;
    }

    /** Returns whether a call makes another attempt, as it decides after one inside which a call has given up; counts it. */
    boolean noteMultiplied(Decision<?> decision) {
        if (!(decision instanceof Decision.RetryAfter<?>)) {
            return false;
        }
        counters().multiplied();
        if (policy.limits().nested() == Nested.SUPPRESS) {
            reporter.warnings().retriesMultiply(reporter.name());
        }
        return true;
    }

    /** Returns the verdict on an outcome, and counts an error. If the classifier throws, a value is accepted and a failure is fatal. */
    Verdict classifyAndCount(Outcome<?> outcome) {
        Verdict verdict = classify(outcome);
        if (!(verdict instanceof Verdict.Accept)) {
            counters().failed(OutcomeLabels.kind(verdict));
        }
        return verdict;
    }

    private Verdict classify(Outcome<?> outcome) {
        try {
            return Objects.requireNonNull(policy.classify(outcome), "the classifier has no verdict");
        } catch (Throwable bug) {
            reporter.report("classifier", bug);
            return outcome instanceof Outcome.Success<?> ? Verdict.accept() : Verdict.fatal();
        }
    }

    /** Returns the decision of the policy on a transient error. If the backoff throws, the call ends. */
    <T extends @Nullable Object> Decision<T> decideTransient(Attempt end, Outcome<T> outcome, Verdict.Transient error) {
        try {
            return policy.decide(end, outcome, error, time().roll());
        } catch (Throwable bug) {
            reporter.report("backoff", bug);
            return Decision.stop(outcome, StopReason.FATAL);
        }
    }
}
