package dev.respite.admission;

import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the number of an attempt from the headers of common clients and proxies. */
final class AttemptHeaders {

    /** The highest number that is distinguished from higher ones. */
    static final int MAX_ATTEMPT = 1_000;

    private static final String SDK_ATTEMPT = "attempt=";

    private static final Pattern BETWEEN_FIELDS = Pattern.compile("[;,]");

    private AttemptHeaders() {}

    /** Returns the highest number of an attempt that a header has, from 1 to {@link #MAX_ATTEMPT}. */
    static int attempt(Function<String, @Nullable String> headers) {
        int attempt = number(headers.apply("Respite-Attempt"));
        attempt = Math.max(attempt, number(headers.apply("x-envoy-attempt-count")));
        attempt = Math.max(attempt, sdkAttempt(headers.apply("amz-sdk-request")));
        // These two count retries, so the first attempt has 0.
        attempt = Math.max(attempt, 1 + number(headers.apply("grpc-previous-rpc-attempts")));
        attempt = Math.max(attempt, 1 + number(headers.apply("x-stainless-retry-count")));
        return Math.min(attempt, MAX_ATTEMPT);
    }

    /** Reads {@code attempt=2; max=3}. The fields may be in any order. */
    private static int sdkAttempt(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        int highest = 0;
        for (String given : BETWEEN_FIELDS.split(text, -1)) {
            String field = given.trim();
            if (field.startsWith(SDK_ATTEMPT)) {
                highest = Math.max(highest, number(field.substring(SDK_ATTEMPT.length())));
            }
        }
        return highest;
    }

    /** Returns the highest number of a list, since a proxy may append its own. */
    private static int number(@Nullable String list) {
        if (list == null) {
            return 0;
        }
        int highest = 0;
        for (String item : list.split(",", -1)) {
            highest = Math.max(highest, numberOf(item.trim()));
        }
        return highest;
    }

    /** Returns the number that a text of ASCII digits has, at most {@link #MAX_ATTEMPT}, and 0 for any other text. */
    private static int numberOf(String digits) {
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            // The limit at each digit keeps a long number within the range of int.
            number = Math.min(10 * number + digit - '0', MAX_ATTEMPT);
        }
        return number;
    }
}
