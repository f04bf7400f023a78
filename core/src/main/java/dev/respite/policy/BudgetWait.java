package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.time.Duration;

/**
 * The wait of a call for its retry budget, where that has rejected a retry.
 *
 * @param limit the longest wait, a microsecond to 24 hours; a call leaves the time of an attempt before its total timeout
 * @param maxCalls the most calls that wait for one budget at the same time, with those in the delay before that wait, 1 to
 *     10,000,000; for further ones a rejection is final
 */
public record BudgetWait(Duration limit, int maxCalls) {

    /** The most calls that wait for one budget where nothing else is specified. */
    public static final int DEFAULT_MAX_CALLS = 10_000;

    private static final Duration MIN_LIMIT = Duration.ofNanos(1_000);
    private static final Duration MAX_LIMIT = Duration.ofHours(24);
    private static final int MAX_CALLS = 10_000_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public BudgetWait {
        ValueFormat.checkRange("wait", limit, MIN_LIMIT, MAX_LIMIT);
        ValueFormat.checkRange("waiting calls", maxCalls, 1, MAX_CALLS);
    }

    /**
     * {@return a wait of at most {@value #DEFAULT_MAX_CALLS} calls}
     *
     * @param limit the longest wait
     * @throws IllegalArgumentException if it is out of its range
     */
    public static BudgetWait of(Duration limit) {
        return new BudgetWait(limit, DEFAULT_MAX_CALLS);
    }

    /** Reads the text form, {@code 30s} or {@code 30s/1000}. */
    static BudgetWait parse(String text) {
        return InvalidPolicyException.ofWhole(PolicyKeys.BUDGET_WAIT, text, () -> read(text));
    }

    private static BudgetWait read(String text) {
        int slash = text.indexOf('/');
        String duration = slash < 0 ? text : text.substring(0, slash);
        Duration limit = Duration.ofNanos(Numbers.nanos(PolicyKeys.BUDGET_WAIT, duration));
        int calls = slash < 0 ? DEFAULT_MAX_CALLS : Numbers.whole(PolicyKeys.BUDGET_WAIT, text.substring(slash + 1), 1);
        try {
            return new BudgetWait(limit, calls);
        } catch (IllegalArgumentException outOfRange) {
            throw InvalidPolicyException.of(
                    PolicyKeys.BUDGET_WAIT,
                    text,
                    outOfRange.getMessage() + "; the forms are 30s and 30s/1000, and off for no wait");
        }
    }

    /** The text form. */
    @Override
    public String toString() {
        String duration = ValueFormat.format(limit);
        return maxCalls == DEFAULT_MAX_CALLS ? duration : duration + "/" + maxCalls;
    }
}
