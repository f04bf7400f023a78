package dev.respite;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.ErrorRules;
import dev.respite.policy.Explanation;
import dev.respite.policy.Explanation.Warning;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Logs the warnings of a retry: settings of a policy that have no effect or may do harm, and an exhausted budget. */
final class Warnings {

    /** The exhausted budget of a target is logged at most once in this time. */
    static final long PERIOD_NANOS = 60_000_000_000L;

    /** Undeclared clients that call less often on average, in nanoseconds, are logged. */
    private static final long RARE_NANOS = 60_000_000_000L;

    /** So many calls are compared with their time. */
    private static final int CALLS_COMPARED = 10;

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final boolean enabled;

    /** The times at which an exhausted budget was logged last, in nanoseconds of the time source, by target. */
    private final Map<String, Long> budgetLogged = new ConcurrentHashMap<>();

    private final AtomicBoolean attemptTimeoutLogged = new AtomicBoolean();

    private final AtomicBoolean multipliedLogged = new AtomicBoolean();

    private final AtomicReference<@Nullable Calls> counted = new AtomicReference<>();

    private final AtomicBoolean rareLogged = new AtomicBoolean();

    /** The number of calls at a time. */
    private record Calls(long ended, long nanos) {}

    private Warnings(boolean enabled) {
        this.enabled = enabled;
    }

    static Warnings enabled() {
        return new Warnings(true);
    }

    static Warnings disabled() {
        return new Warnings(false);
    }

    /** The same for another retry. */
    Warnings anew() {
        return new Warnings(enabled);
    }

    /** Logs the warnings that the explanation of a policy contains, each line once. */
    static void logPolicy(RetryPolicy policy) {
        List<Warning> warnings = new ArrayList<>(Explanation.of(policy).warnings());
        warnings.addAll(ofClassNames(policy));
        boolean oneAttempt = policy.limits().maxAttempts() == 1;
        for (Warning warning : warnings) {
            // A single attempt is a decision.
            boolean decided = oneAttempt && warning.code().equals("no-retries");
            String line = warning.code() + ": " + warning.message() + " (policy: " + given(policy)
                    + "; more: respite explain; to omit: acknowledge=" + warning.code() + ")";
            boolean logged = decided || policy.acknowledged().contains(warning.code()) || !LoggedLines.add(line);
            if (!logged) {
                LOGGER.log(WARNING, line);
            }
        }
    }

    /** The settings that differ from the defaults. */
    private static String given(RetryPolicy policy) {
        Map<String, String> defaults = RetryPolicy.defaults().settings();
        return ValueFormat.shortened(policy.settings().entrySet().stream()
                .filter(setting -> !setting.getValue().equals(defaults.get(setting.getKey())))
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" ")));
    }

    /** Names of classes that are not there, or that are never retried. */
    static List<Warning> ofClassNames(RetryPolicy policy) {
        List<Warning> warnings = new ArrayList<>();
        for (String name : policy.rules().classNames()) {
            Optional<Class<?>> found = find(name.substring(name.indexOf(':') + 1));
            if (found.isEmpty()) {
                warnings.add(new Warning(
                        "unknown-class",
                        "the class " + name + " is found neither by the context class loader nor by Respite's own;"
                                + " correct the name, or ignore this if another class loader has it"));
            } else if (policy.rules().isInRetryOn(name) && ErrorRules.isNeverRetried(found.get())) {
                warnings.add(new Warning(
                        "retry-on-without-effect",
                        "retry-on=" + name + " has no effect: errors, interruptions and cancellations are never"
                                + " retried; leave it out"));
            }
        }
        return warnings;
    }

    /** The class, not initialized. */
    private static Optional<Class<?>> find(String name) {
        Optional<Class<?>> found = find(name, Thread.currentThread().getContextClassLoader());
        return found.isPresent() ? found : find(name, Warnings.class.getClassLoader());
    }

    private static Optional<Class<?>> find(String name, @Nullable ClassLoader loader) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError | RuntimeException missing) {
            return Optional.empty();
        }
    }

    /**
     * A retry was not made, for lack of tokens.
     *
     * @param target the target that the budget is for, with a space before it; empty if the retry has one target
     */
    void budgetExhausted(String name, String target, RetryPolicy policy, ErrorKind kind, TimeSource time) {
        if (enabled && isBudgetDue(target, time.nanoTime())) {
            LOGGER.log(
                    WARNING,
                    () -> "budget exhausted for '" + name + "'" + target + " (budget=" + policy.budget()
                            + "): no retry" + (policy.limits().budgetWait().isEmpty() ? "" : " before a wait")
                            + " after the error " + kind + ". Find out why calls fail; a healthy target with few"
                            + " clients needs their number, such as clients=20: docs/on-call.md. Not logged again for"
                            + " a minute.");
        }
    }

    private boolean isBudgetDue(String target, long now) {
        if (budgetLogged.size() >= LoggedLines.MAX) {
            budgetLogged.clear();
        }
        @Nullable Long last = budgetLogged.get(target);
        return last == null
                ? budgetLogged.putIfAbsent(target, now) == null
                : now - last >= PERIOD_NANOS && budgetLogged.replace(target, last, now);
    }

    /**
     * The first attempt of a call has failed, and the number of clients is not declared. Logged if the last calls were rare: many such
     * clients are not safe without their number.
     */
    void undeclaredCallFailed(String name, Counters counters, long now) {
        if (!enabled || rareLogged.getPlain()) {
            return;
        }
        @Nullable Calls before = counted.get();
        if (before != null && now - before.nanos() <= CALLS_COMPARED * RARE_NANOS) {
            return; // Too early to decide. In an outage this is the usual case, and makes no object.
        }
        Calls calls = new Calls(counters.calls(), now);
        boolean areFew = before != null && calls.ended() - before.ended() < CALLS_COMPARED;
        if (areFew || !counted.compareAndSet(before, calls) || before == null) {
            return;
        }
        long interval = (now - before.nanos()) / (calls.ended() - before.ended());
        if (interval > RARE_NANOS && rareLogged.compareAndSet(false, true)) {
            LOGGER.log(
                    WARNING,
                    () -> "'" + name + "' makes a call every " + interval / 1_000_000_000L + " s, and the number of"
                            + " clients is not set. If there are many, their retries can keep a target overloaded: set"
                            + " it, such as clients=20 (docs/budgets.md). Logged once.");
        }
    }

    /** A call retries an attempt inside which another call has given up. */
    void retriesMultiply(String name) {
        if (enabled && !multipliedLogged.getPlain() && multipliedLogged.compareAndSet(false, true)) {
            LOGGER.log(
                    WARNING,
                    () -> "retries multiply: '" + name + "' retries an attempt in which a call inside it has given up;"
                            + " give the exception that call's failure as its cause, or retry in one of the two"
                            + " (docs/nested-retries.md). Logged once.");
        }
    }

    /** A blocking attempt has failed that nothing could have ended in time. */
    void attemptTimeoutNotEnforced(String name) {
        if (enabled && !attemptTimeoutLogged.getPlain() && attemptTimeoutLogged.compareAndSet(false, true)) {
            LOGGER.log(
                    WARNING,
                    () -> "attempt-timeout of '" + name + "' has no effect on Retry.call, which does not end an"
                            + " attempt: use callWithInterrupt or callAsync, or set the timeout in the client that is"
                            + " called and leave attempt-timeout out");
        }
    }
}
