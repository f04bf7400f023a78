package dev.respite.outcome;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The attempts of a call: the first and the last ones, however many there were.
 *
 * @param attempts how many attempts were made
 * @param elapsed how long the call took
 * @param reason why it ended
 * @param first the first attempts, {@value #MAX_LISTED} at most
 * @param last the last of the others, {@value #MAX_LISTED} at most
 */
public record History(int attempts, Duration elapsed, StopReason reason, List<Entry> first, List<Entry> last) {

    /** The maximum number of attempts that are listed of the beginning, and of the end. */
    public static final int MAX_LISTED = 8;

    /** Copies the lists. */
    public History {
        first = List.copyOf(first);
        last = List.copyOf(last);
    }

    /**
     * One attempt.
     *
     * @param number which, from 1
     * @param outcome {@code ok}, the name of the kind of error, or for an error of no named kind its simple class name
     * @param startNanos when it began, in nanoseconds after the call's beginning
     * @param durationNanos how long it took, in nanoseconds
     * @param delayNanos the delay that followed it and, if the budget rejected its retry, the wait for the budget after that, in
     *     nanoseconds; empty if no other attempt was decided on
     */
    public record Entry(int number, String outcome, long startNanos, long durationNanos, OptionalLong delayNanos) {
        /**
         * {@return this attempt with a wait after its delay}
         *
         * @param nanos the wait, in nanoseconds
         */
        public Entry plusWait(long nanos) {
            OptionalLong longer = OptionalLong.of(delayNanos.orElse(0) + nanos);
            return new Entry(number, outcome, startNanos, durationNanos, longer);
        }

        @Override
        public String toString() {
            return delayNanos.isPresent() ? outcome + " +" + format(delayNanos.getAsLong()) : outcome;
        }
    }

    /** {@return the number of attempts between the first and the last that are not listed} */
    public int omitted() {
        return attempts - first.size() - last.size();
    }

    /**
     * {@return the history in one line: {@code 3 attempts in 1.2 s: 503 +104ms, timeout +210ms, 503; gave up: attempts
     * exhausted}}
     */
    public String summary() {
        String listed = first.stream().map(Entry::toString).collect(Collectors.joining(", "));
        if (omitted() > 0) {
            listed += ", (" + omitted() + " more)";
        }
        if (!last.isEmpty()) {
            listed += ", " + last.stream().map(Entry::toString).collect(Collectors.joining(", "));
        }
        String head = attempts + (attempts == 1 ? " attempt in " : " attempts in ") + padded(elapsed.toNanos());
        return head + ": " + listed + (reason == StopReason.ACCEPTED ? "" : "; gave up: " + reason.phrase());
    }

    @Override
    public String toString() {
        return summary();
    }

    private static String padded(long nanos) {
        String text = format(nanos);
        int unit = 0;
        while (text.charAt(unit) == '.' || Character.isDigit(text.charAt(unit))) {
            unit++;
        }
        return text.substring(0, unit) + ' ' + text.substring(unit);
    }

    /**
     * Formats a duration with its unit: {@code 1.2s}, {@code 104ms} or {@code 20us}.
     *
     * @param nanos the duration, in nanoseconds
     * @return the text
     */
    public static String format(long nanos) {
        if (nanos >= 1_000_000_000L) {
            return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
        }
        return nanos >= 1_000_000L || nanos == 0 ? nanos / 1_000_000L + "ms" : nanos / 1_000L + "us";
    }
}
