package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.Explanation.Warning;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks over a policy for what its author may not have meant. */
final class Lint {

    static final int MANY_ATTEMPTS = 10;
    private static final long SHORT_DELAY = 5_000_000;
    private static final long LONG_DELAY = 60_000_000_000L;

    private final RetryPolicy policy;
    private final List<Warning> warnings = new ArrayList<>();

    private Lint(RetryPolicy policy) {
        this.policy = policy;
    }

    static List<Warning> warnings(RetryPolicy policy, boolean fits) {
        Lint lint = new Lint(policy);
        lint.attempts();
        lint.timeouts(fits);
        if (policy.backoff() instanceof BackoffFormula schedule) {
            lint.schedule("", policy.limits().maxAttempts(), schedule.settings());
        }
        lint.hints();
        new ErrorLint(policy, lint).check();
        lint.budget();
        return lint.warnings;
    }

    private void attempts() {
        Limits limits = policy.limits();
        if (limits.unboundedReason().isPresent()) {
            warn(
                    "unbounded-attempts",
                    "the number of attempts has no limit; the reason given is: "
                            + ValueFormat.shortened(limits.unboundedReason().get()));
        } else if (limits.isUnbounded()) {
            // The total timeout ends the call.
            return;
        } else if (limits.maxAttempts() == 1) {
            oneAttempt();
        } else if (limits.maxAttempts() > MANY_ATTEMPTS) {
            warn(
                    "many-attempts",
                    limits.maxAttempts() + " attempts: an error that has not passed after a few tries"
                            + " seldom does; prefer fewer attempts and longer delays");
        }
    }

    /** A rule's own limit holds for its errors, whatever the general one is. */
    private void oneAttempt() {
        String retried = policy.rules().rules().entries().entrySet().stream()
                .filter(entry -> entry.getValue().maxAttempts().orElse(1) > 1)
                .map(entry ->
                        entry.getKey() + " (" + entry.getValue().maxAttempts().orElse(1) + " attempts)")
                .sorted()
                .collect(Collectors.joining(", "));
        if (retried.isEmpty()) {
            warn("no-retries", "max-attempts=1 makes one attempt, so nothing is ever retried");
        } else {
            warn(
                    "retries-by-rule-only",
                    "max-attempts=1 makes one attempt, but a rule's own limit precedes it: only these errors are"
                            + " retried: " + retried);
        }
    }

    private void timeouts(boolean fits) {
        Limits limits = policy.limits();
        if (limits.totalTimeout().isEmpty()) {
            warn("no-total-timeout", "a call may take as long as its attempts do; give total-timeout");
        }
        if (!fits) {
            warn(
                    "schedule-does-not-fit",
                    "at its longest the schedule does not fit the total timeout "
                            + limits.totalTimeout().map(ValueFormat::format).orElse(PolicyKeys.OFF)
                            + ": the last attempts may never be made");
        }
        if (limits.attemptTimeout().isPresent() && limits.totalTimeout().isPresent() && !limits.isUnbounded()) {
            long each = ValueFormat.saturatedNanos(limits.attemptTimeout().get());
            Duration total = limits.totalTimeout().get();
            if (each > ValueFormat.saturatedNanos(total) / limits.maxAttempts()) {
                warn(
                        "attempt-timeouts-exceed-total",
                        limits.maxAttempts() + " attempts of " + ValueFormat.formatNanos(each)
                                + " take longer than the total timeout " + ValueFormat.format(total)
                                + ": when the target hangs, the last attempts are never made");
            }
        }
    }

    void schedule(String prefix, int maxAttempts, BackoffSettings settings) {
        if (maxAttempts == 1) {
            return;
        }
        if (settings.base() == 0) {
            warn(
                    "no-delay",
                    prefix + "retries follow at once: they hit the target while it still has the problem, and"
                            + " all clients do so together");
            return;
        }
        if (settings.base() < SHORT_DELAY) {
            warn(
                    "short-delay",
                    prefix + "a base delay of " + ValueFormat.formatNanos(settings.base())
                            + " leaves the target hardly any time to recover");
        }
        if (settings.base() > LONG_DELAY) {
            warn(
                    "long-delay",
                    prefix + "a base delay of " + ValueFormat.formatNanos(settings.base())
                            + " holds the caller of a call in memory that long, and the thread of a blocking one; for such"
                            + " delays make the call durable, or correct the unit");
        }
        boolean still = settings.kind().takesJitter() ? settings.jitter().isNone() : settings.base() == settings.cap();
        if (still) {
            warn(
                    "no-jitter",
                    prefix + "clients that failed together come back together, in waves; use jitter=full, or"
                            + " a max-delay above the base delay for decorrelated");
        }
    }

    private void hints() {
        Hints hints = policy.hints();
        if (hints.mode() == Hints.Mode.IGNORE) {
            warn("hints-ignored", "a server that requests a pause does not get it; use retry-after=honour");
        } else if (hints.mode() == Hints.Mode.CAP) {
            warn(
                    "hints-capped",
                    "a server that requests more than " + ValueFormat.format(hints.limit())
                            + " is called again too early; use retry-after=honour to give up instead");
        }
    }

    private void budget() {
        BudgetSpec budget = policy.budget();
        if (budget == BudgetSpec.off()) {
            String times = policy.limits().isUnbounded()
                    ? "any number of times its load"
                    : "up to " + policy.limits().maxAttempts() + " times its load";
            warn(
                    "no-budget",
                    "nothing bounds the retries of all calls together: in an outage the target gets " + times
                            + "; leave budget at its default");
        } else if (budget instanceof TokenSpec tokens) {
            perClient(tokens);
        }
    }

    private void perClient(TokenSpec tokens) {
        double retries = Math.floor(tokens.capacity() / tokens.cost(ErrorKind.TIMEOUT));
        if (retries > 1) {
            warn(
                    "budget-per-client",
                    "each client may retry " + ValueFormat.format(retries)
                            + " overload signals at once, so the burst of all clients grows with their number; from about"
                            + " 1000 clients on it can keep the target overloaded: use budget=fleet");
        }
    }

    void warn(String code, String message) {
        if (!policy.acknowledged().contains(code)) {
            warnings.add(new Warning(code, message));
        }
    }
}
