package dev.respite.http.exchange;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The number of the attempt that a request was, for the server that gets it: for logs and metrics, or to know
 * resent load from new.
 */
public final class AttemptHeader {

    /** The name of the header, {@code Respite-Attempt}. */
    public static final String NAME = "Respite-Attempt";

    /** The highest number that is distinguished from higher ones. */
    public static final int MAX_NUMBER = 1_000;

    /** What a client computes itself, from the body and the connection. */
    private static final Set<String> NOT_OF_A_CALLER = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private AttemptHeader() {}

    /**
     * Checks that a header of this name can be added to a request.
     *
     * @throws IllegalArgumentException if the name is no token (RFC 9110, section 5.6.2) or belongs to the client
     */
    static String checked(String header) {
        boolean token = !header.isEmpty() && header.chars().allMatch(AttemptHeader::isTokenCharacter);
        if (!token || NOT_OF_A_CALLER.contains(header.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "invalid header name: \"" + header + "\"; use letters, digits and hyphens, and no"
                            + " name of a header that the client sets itself, such as Content-Length");
        }
        return header;
    }

    private static boolean isTokenCharacter(int c) {
        boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /**
     * Reads which attempt a request is. Anybody can send anything, so trust it with no more than statistics.
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
