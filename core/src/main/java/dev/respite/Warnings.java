package dev.respite;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.ErrorRules;
import dev.respite.policy.Explanation;
import dev.respite.policy.Explanation.Warning;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Logs the warnings of a retry: settings of a policy that have no effect or may do harm, and an exhausted budget. */
final class Warnings {

    /** An exhausted budget is logged at most once in this time. */
    static final long PERIOD_NANOS = 60_000_000_000L;

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final boolean enabled;

    /** The time at which an exhausted budget was logged last; null if it was not. */
    private final AtomicReference<@Nullable Logged> budgetLogged = new AtomicReference<>();

    private final AtomicBoolean attemptTimeoutLogged = new AtomicBoolean();

    private final AtomicBoolean multipliedLogged = new AtomicBoolean();

    /** A time, in nanoseconds of the time source. */
    private record Logged(long nanos) {}

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

    /** Logs the warnings that the explanation of a policy contains. */
    static void logPolicy(RetryPolicy policy) {
        List<Warning> warnings = new ArrayList<>(Explanation.of(policy).warnings());
        warnings.addAll(ofClassNames(policy));
        for (Warning warning : warnings) {
            LOGGER.log(WARNING, () -> warning.code() + ": " + warning.message() + " (policy: " + policy + ")");
        }
    }

    /** Names of classes that are not there, or that are never retried. */
    static List<Warning> ofClassNames(RetryPolicy policy) {
        List<Warning> warnings = new ArrayList<>();
        for (String name : policy.rules().classNames()) {
            Optional<Class<?>> found = find(name);
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

    /** A retry was not made, for lack of tokens. */
    void budgetExhausted(String name, RetryPolicy policy, ErrorKind kind, TimeSource time) {
        if (!enabled) {
            return;
        }
        long now = time.nanoTime();
        @Nullable Logged last = budgetLogged.get();
        boolean due = last == null || now - last.nanos() >= PERIOD_NANOS;
        if (due && budgetLogged.compareAndSet(last, new Logged(now))) {
            LOGGER.log(
                    WARNING,
                    () -> "budget exhausted for '" + name + "' (budget="
                            + policy.budget()
                            + "): no retry" + (policy.limits().budgetWait().isEmpty() ? "" : " before a wait")
                            + " after the error " + kind + ". Either more calls fail than may be retried, and"
                            + " calls that succeed fill the budget again: find out why they fail. Or this is the"
                            + " client's first error for long, and it shares its target with few others: give their"
                            + " number, such as clients=20, or choose another budget by docs/budgets.md. Not logged"
                            + " again for a minute.");
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
