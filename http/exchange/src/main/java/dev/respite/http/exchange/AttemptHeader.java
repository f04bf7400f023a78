package dev.respite.http.exchange;

import java.util.List;
import java.util.OptionalLong;

/**
 * The number of the attempt that a request was, for the server that gets it: for logs and metrics, or to know
 * resent load from new.
 */
public final class AttemptHeader {

    /** The name of the header, {@code Respite-Attempt}. */
    public static final String NAME = "Respite-Attempt";

    /** The highest number that is distinguished from higher ones. */
    public static final int MAX_NUMBER = 1_000;

    private AttemptHeader() {}

    /**
     * Reads the number of the attempt that a request is. Use it for statistics only, since any client can send any number.
     *
     * @param lines the lines of the header, none if it is not there
     * @return the number that the one line has: ASCII digits, from 2 on, without leading zeros; {@link #MAX_NUMBER} for all that
     *     are higher. 1 without a header, as clients send none with the first attempt, and 1 for anything else
     */
    public static int numberOf(List<String> lines) {
        if (lines.size() != 1) {
            return 1;
        }
        String text = FieldParser.trimmed(lines.get(0));
        OptionalLong number = text.startsWith("0") ? OptionalLong.empty() : FieldParser.digits(text);
        return (int) Math.min(number.orElse(1), MAX_NUMBER);
    }
}
