package dev.respite.sim;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;

/**
 * A figure that policies are compared by. Of several runs it is the mean over the runs, but for a percentile and the recovery all
 * calls of all runs count together.
 */
public enum Figure {
    /** The part of the calls that succeeded, from 0 to 1. */
    SUCCESS("success", "succeeded", Unit.RATIO),
    /** Attempts at the service in focus for each call. */
    AMPLIFICATION("amplification", "attempts/call", Unit.FACTOR),
    /** The most requests that came to the service in focus in a second. */
    PEAK("peakRequestsPerSecond", "peak/s", Unit.COUNT),
    /** Whole seconds from the end of the last fault until goodput was back; missing if it was not, or if no run can show it. */
    RECOVERY("recoverySeconds", "recovery", Unit.SECONDS),
    /** Calls that succeeded in a second before the first fault. */
    GOODPUT_BEFORE("goodputBefore", "before", Unit.PER_SECOND),
    /** Calls that succeeded in a second in the last 20 s. */
    GOODPUT_AFTER("goodputAfter", "goodput", Unit.PER_SECOND),
    /** The median time of calls that succeeded. */
    P50("p50Ms", "p50", Unit.MILLIS),
    /** The 99th percentile of the time of calls that succeeded. */
    P99("p99Ms", "p99", Unit.MILLIS),
    /** The median time until the caller had an answer, a failure included. */
    ALL_P50("answerP50Ms", "p50 all", Unit.MILLIS),
    /** The 99th percentile of the time until the caller had an answer, a failure included. */
    ALL_P99("answerP99Ms", "p99 all", Unit.MILLIS),
    /** Work on requests whose callers no longer waited, of all services. */
    WASTED_WORK("wastedWorkMs", "wasted", Unit.MILLIS),
    /** The delays of a call between its attempts. */
    MEAN_WAIT("meanWaitMs", "mean wait", Unit.MILLIS),
    /** The time from the first to the last of the same retries of clients. */
    RETRY_SPREAD("spreadMs", "spread", Unit.MILLIS),
    /** The most retries within a tenth of a second. */
    PEAK_RETRIES("peakRetriesPer100ms", "load/100 ms", Unit.COUNT);

    private enum Unit {
        /** A part of a whole, from 0 to 1. */
        RATIO,
        /** A number for each of something. */
        FACTOR,
        /** A whole number; a mean need not be one. */
        COUNT,
        /** A number in a second. */
        PER_SECOND,
        /** Whole seconds. */
        SECONDS,
        /** Milliseconds. */
        MILLIS
    }

    private final String key;
    private final String heading;
    private final Unit unit;

    Figure(String key, String heading, Unit unit) {
        this.key = key;
        this.heading = heading;
        this.unit = unit;
    }

    /** {@return the key of the figure in JSON} */
    public String key() {
        return key;
    }

    /** {@return the heading of the column of the figure in tables for people} */
    public String heading() {
        return heading;
    }

    /**
     * Formats a value of the figure for people.
     *
     * @param value the value, in the unit of the figure
     * @return a text such as {@code 98.75%}, {@code 1,204} or {@code 45.6 ms}
     */
    public String format(double value) {
        return switch (unit) {
            case RATIO -> String.format(Locale.ROOT, "%.2f%%", 100 * value);
            case FACTOR -> String.format(Locale.ROOT, "%.2f", value);
            case COUNT -> String.format(Locale.ROOT, "%,d", Math.round(value));
            case PER_SECOND -> String.format(Locale.ROOT, "%.1f/s", value);
            case SECONDS -> Math.round(value) + " s";
            case MILLIS -> ValueFormat.rounded(value * 1e6);
        };
    }

    /**
     * Returns the figure of a policy.
     *
     * @param summary the runs of the policy
     * @return the figure of all runs; empty if it is missing
     */
    public OptionalDouble of(PolicySummary summary) {
        return switch (this) {
            case SUCCESS -> OptionalDouble.of(summary.successRatio());
            case RECOVERY -> seconds(summary.recoverySeconds());
            case P50 -> summary.latencies().millis(50);
            case P99 -> summary.latencies().millis(99);
            case ALL_P50 -> summary.answerTimes().millis(50);
            case ALL_P99 -> summary.answerTimes().millis(99);
            case MEAN_WAIT -> OptionalDouble.of(summary.meanWaitNanos() / 1e6);
            default -> OptionalDouble.of(summary.mean(run -> of(run).orElse(0)));
        };
    }

    /**
     * Returns the figure of one run.
     *
     * @param result the run
     * @return the figure; empty if it is missing
     */
    public OptionalDouble of(SimulationResult result) {
        return switch (this) {
            case SUCCESS -> OptionalDouble.of(result.successRatio());
            case AMPLIFICATION -> OptionalDouble.of(result.amplification());
            case PEAK -> OptionalDouble.of((double) result.peakRequestsPerSecond());
            case RECOVERY -> seconds(result.recoverySeconds());
            case GOODPUT_BEFORE -> OptionalDouble.of(result.goodputBefore());
            case GOODPUT_AFTER -> OptionalDouble.of(result.goodputAfter());
            case P50 -> result.latencies().millis(50);
            case P99 -> result.latencies().millis(99);
            case ALL_P50 -> result.answerTimes().millis(50);
            case ALL_P99 -> result.answerTimes().millis(99);
            case WASTED_WORK -> millis(result.wastedWork());
            case MEAN_WAIT -> OptionalDouble.of(millis(result.delays()).orElse(0) / Math.max(1, result.calls()));
            case RETRY_SPREAD -> millis(result.retrySpread());
            case PEAK_RETRIES -> OptionalDouble.of((double) result.peakRetriesPer100ms());
        };
    }

    private static OptionalDouble seconds(OptionalInt seconds) {
        return seconds.isPresent() ? OptionalDouble.of(seconds.getAsInt()) : OptionalDouble.empty();
    }

    private static OptionalDouble millis(Duration time) {
        return OptionalDouble.of(time.toNanos() / 1e6);
    }

    /**
     * Returns the least value of the figure in single runs.
     *
     * @param summary the runs of a policy
     * @return the smallest; empty if the figure is missing in all runs
     */
    public OptionalDouble least(PolicySummary summary) {
        return present(summary).min();
    }

    /**
     * Returns the greatest value of the figure in single runs.
     *
     * @param summary the runs of a policy
     * @return the greatest; empty if the figure is missing in any run, as where a run never recovered
     */
    public OptionalDouble greatest(PolicySummary summary) {
        boolean all = present(summary).count() == summary.results().size();
        return all ? present(summary).max() : OptionalDouble.empty();
    }

    private DoubleStream present(PolicySummary summary) {
        return summary.results().stream().map(this::of).flatMapToDouble(OptionalDouble::stream);
    }
}
