package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads the limits of a policy from settings: attempts and timeouts. */
final class LimitsReader {

    private static final Pattern ZERO = Pattern.compile("0+(\\.0+)?");

    private final Settings settings;

    private LimitsReader(Settings settings) {
        this.settings = settings;
    }

    /** The limits; the first delay, in nanoseconds and before jitter, must have room in them. */
    static Limits read(Settings settings, long firstDelay) {
        return new LimitsReader(settings).read(firstDelay);
    }

    /** Nanoseconds, if a total timeout was given and is not off. */
    static Optional<Long> givenTotalTimeout(Settings settings) {
        return settings.given(PolicyKeys.TOTAL_TIMEOUT)
                .filter(text -> !text.equals(PolicyKeys.OFF))
                .map(text -> ValueFormat.saturatedNanos(positive(PolicyKeys.TOTAL_TIMEOUT, text)));
    }

    /** A backoff whose first delay does not fit the given total timeout: refused if it was given, else it yields. */
    static BackoffSettings within(long total, String prefix, BackoffSettings wanted, Settings settings) {
        if (settings.isGiven(PolicyKeys.BASE_DELAY)) {
            throw InvalidPolicyException.of(
                    prefix + PolicyKeys.BASE_DELAY,
                    ValueFormat.formatNanos(wanted.base()),
                    "the first delay, before jitter, does not fit the total-timeout " + ValueFormat.formatNanos(total)
                            + "; make it shorter, or the total timeout longer");
        }
        // A quarter leaves room for the default's two retries.
        long base = total / 4;
        return wanted.withBase(base, settings.isGiven(PolicyKeys.INCREMENT) ? wanted.increment() : base);
    }

    private Limits read(long firstDelay) {
        Optional<Duration> attemptTimeout =
                settings.value(PolicyKeys.ATTEMPT_TIMEOUT).map(text -> positive(PolicyKeys.ATTEMPT_TIMEOUT, text));
        Optional<Duration> total = totalTimeout(firstDelay, attemptTimeout);
        if (total.isPresent()
                && attemptTimeout.isPresent()
                && attemptTimeout.get().compareTo(total.get()) > 0) {
            if (settings.isGiven(PolicyKeys.ATTEMPT_TIMEOUT)) {
                throw InvalidPolicyException.of(
                        PolicyKeys.ATTEMPT_TIMEOUT,
                        ValueFormat.format(attemptTimeout.get()),
                        "is longer than the total-timeout " + ValueFormat.format(total.get())
                                + "; make it shorter, or the total timeout longer");
            }
            attemptTimeout = total;
        }
        Optional<BudgetWait> budgetWait = budgetWait();
        if (total.isPresent() && budgetWait.isPresent() && isLonger(budgetWait.get(), total.get())) {
            if (settings.isGiven(PolicyKeys.BUDGET_WAIT)) {
                throw InvalidPolicyException.of(
                        PolicyKeys.BUDGET_WAIT,
                        budgetWait.get().toString(),
                        "is longer than the total-timeout " + ValueFormat.format(total.get())
                                + "; make it shorter, or the total timeout longer");
            }
            budgetWait =
                    Optional.of(new BudgetWait(total.get(), budgetWait.get().maxCalls()));
        }
        Optional<String> reason = unboundedReason();
        int attempts = reason.isPresent() || isUnlimited(total)
                ? Integer.MAX_VALUE
                : attempts("", settings).orElseThrow();
        Nested nested = settings.value(PolicyKeys.NESTED)
                .map(text -> EnumNames.read(PolicyKeys.NESTED, text, Nested.values()))
                .orElse(Nested.SUPPRESS);
        return new Limits(attempts, total, attemptTimeout, reason, budgetWait, nested);
    }

    private static boolean isLonger(BudgetWait wait, Duration total) {
        return wait.limit().compareTo(total) > 0;
    }

    /** The wait for the budget. One that was not given yields to a budget that is off. */
    private Optional<BudgetWait> budgetWait() {
        Optional<String> text = settings.value(PolicyKeys.BUDGET_WAIT).filter(value -> !value.equals(PolicyKeys.OFF));
        if (text.isPresent() && settings.required(PolicyKeys.BUDGET).equals(PolicyKeys.OFF)) {
            if (settings.isGiven(PolicyKeys.BUDGET_WAIT)) {
                throw InvalidPolicyException.of(
                        PolicyKeys.BUDGET_WAIT,
                        text.get(),
                        "has no effect with budget=off, which rejects no retry; leave it out, or give a budget");
            }
            return Optional.empty();
        }
        return text.map(BudgetWait::parse);
    }

    /**
     * The total timeout. One that was not given rises to four times the given value that it could not hold; it is off if
     * no timeout can hold the first delay.
     */
    private Optional<Duration> totalTimeout(long firstDelay, Optional<Duration> attemptTimeout) {
        String text = settings.required(PolicyKeys.TOTAL_TIMEOUT);
        if (text.equals(PolicyKeys.OFF)) {
            return Optional.empty();
        }
        Duration total = positive(PolicyKeys.TOTAL_TIMEOUT, text);
        if (settings.isGiven(PolicyKeys.TOTAL_TIMEOUT)) {
            return Optional.of(total);
        }
        long needed = firstDelay;
        if (settings.isGiven(PolicyKeys.ATTEMPT_TIMEOUT)) {
            needed = Math.max(
                    needed, attemptTimeout.map(ValueFormat::saturatedNanos).orElse(0L));
        }
        if (settings.isGiven(PolicyKeys.BUDGET_WAIT)) {
            Duration wait = budgetWait().map(BudgetWait::limit).orElse(Duration.ZERO);
            needed = wait.compareTo(total) >= 0 ? Math.max(needed, ValueFormat.saturatedNanos(wait)) : needed;
        }
        if (needed < ValueFormat.saturatedNanos(total)) {
            return Optional.of(total);
        }
        return firstDelay < Numbers.MAX_NANOS
                ? Optional.of(Duration.ofNanos(Math.min(4 * needed, Numbers.MAX_NANOS)))
                : Optional.empty();
    }

    private Optional<String> unboundedReason() {
        for (String key : new String[] {PolicyKeys.MAX_ATTEMPTS, PolicyKeys.MAX_RETRIES}) {
            if (settings.isGiven(key)) {
                if (settings.isGiven(PolicyKeys.UNBOUNDED)) {
                    throw contradiction(settings, "", key, PolicyKeys.UNBOUNDED);
                }
                return Optional.empty();
            }
        }
        Optional<String> reason = settings.value(PolicyKeys.UNBOUNDED);
        if (reason.isPresent() && reason.get().isBlank()) {
            throw new InvalidPolicyException(
                    "unbounded: write the reason why this policy needs no limit of attempts, or give max-attempts");
        }
        return reason;
    }

    /** As many attempts as fit the total timeout. */
    private boolean isUnlimited(Optional<Duration> total) {
        boolean isOverridden = settings.isGiven(PolicyKeys.MAX_RETRIES) && !settings.isGiven(PolicyKeys.MAX_ATTEMPTS);
        if (isOverridden || !settings.value(PolicyKeys.MAX_ATTEMPTS).equals(Optional.of(PolicyKeys.UNLIMITED))) {
            return false;
        }
        if (settings.isGiven(PolicyKeys.MAX_RETRIES)) {
            throw contradiction(settings, "", PolicyKeys.MAX_ATTEMPTS, PolicyKeys.MAX_RETRIES);
        }
        if (total.isEmpty()) {
            throw InvalidPolicyException.of(
                    PolicyKeys.MAX_ATTEMPTS,
                    PolicyKeys.UNLIMITED,
                    "needs a total timeout, which ends the call; give total-timeout, such as total-timeout=7d");
        }
        return true;
    }

    static OptionalInt attempts(String prefix, Settings of) {
        if (of.isGiven(PolicyKeys.MAX_ATTEMPTS) && of.isGiven(PolicyKeys.MAX_RETRIES)) {
            throw contradiction(of, prefix, PolicyKeys.MAX_ATTEMPTS, PolicyKeys.MAX_RETRIES);
        }
        Optional<String> retries = of.given(PolicyKeys.MAX_RETRIES);
        if (retries.isPresent()) {
            return OptionalInt.of(Numbers.whole(prefix + PolicyKeys.MAX_RETRIES, retries.get(), 0) + 1);
        }
        Optional<String> attempts = of.value(PolicyKeys.MAX_ATTEMPTS);
        return attempts.isPresent()
                ? OptionalInt.of(Numbers.whole(prefix + PolicyKeys.MAX_ATTEMPTS, attempts.get(), 1))
                : OptionalInt.empty();
    }

    private static Duration positive(String key, String text) {
        // Zero is refused in any unit: a message about the missing one would lead to the next.
        long nanos = ZERO.matcher(text).matches() ? 0 : Numbers.nanos(key, text);
        if (nanos < 1_000) {
            String wayOut = key.equals(PolicyKeys.TOTAL_TIMEOUT) ? "write total-timeout=off" : "leave it out";
            throw InvalidPolicyException.of(key, text, "a timeout is at least a microsecond; to have none, " + wayOut);
        }
        return Duration.ofNanos(nanos);
    }

    private static InvalidPolicyException contradiction(Settings of, String prefix, String key, String other) {
        String second = ValueFormat.shortened(prefix + other) + "=" + ValueFormat.shortened(of.required(other));
        return InvalidPolicyException.of(
                prefix + key, of.required(key), "contradicts " + second + "; leave one of them out");
    }
}
