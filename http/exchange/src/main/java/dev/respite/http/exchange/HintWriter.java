package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Map;

/** The writer of the header fields that {@link HintReader} read. */
final class HintWriter {

    static final String SHOULD_RETRY = "x-should-retry";

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private HintWriter() {}

    static void put(Duration wait, Map<String, String> fields) {
        long nanos = wait.compareTo(FieldParser.MAX_DURATION) < 0 ? wait.toNanos() : Long.MAX_VALUE;
        long seconds = nanos / NANOS_PER_SECOND;
        boolean exact = nanos % NANOS_PER_SECOND == 0;
        fields.put("Retry-After", Long.toString(exact ? seconds : seconds + 1));
        if (!exact) {
            fields.put("retry-after-ms", millis(nanos));
        }
    }

    /** Milliseconds, with a fraction where there is one: {@code 1500}, {@code 1500.000001}. */
    private static String millis(long nanos) {
        String whole = Long.toString(nanos / NANOS_PER_MILLI);
        long rest = nanos % NANOS_PER_MILLI;
        if (rest == 0) {
            return whole;
        }
        String digits = Long.toString(NANOS_PER_MILLI + rest).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return whole + '.' + digits.substring(0, end);
    }
}
