package dev.respite.http.exchange;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The reader of the elements of header fields: ASCII digits, literals and blanks. The readers of the JDK also accept signs,
 * digits of other scripts and other white space.
 */
final class FieldParser {

    /** The longest wait: 2<sup>63</sup> − 1 nanoseconds. */
    static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    private static final Pattern HOURS_TO_SECONDS =
            Pattern.compile("(?=.)(?:[0-9]++h)?+(?:[0-9]++m)?+(?:[0-9]++(?:\\.[0-9]{1,9})?+s)?+");

    private FieldParser() {}

    /** Whole seconds; empty if the text is anything but digits. */
    static Optional<Duration> seconds(String text) {
        return digits(text).stream().mapToObj(Duration::ofSeconds).findFirst();
    }

    /** Whole milliseconds; empty if the text is anything but digits. */
    static Optional<Duration> millis(String text) {
        return digits(text).stream().mapToObj(Duration::ofMillis).findFirst();
    }

    /** Seconds such as {@code 2} or {@code 1.5}; fractions of a nanosecond are rounded up. */
    static Optional<Duration> decimalSeconds(String text) {
        return decimal(text, ChronoUnit.SECONDS, 9);
    }

    /** Milliseconds such as {@code 1500} or {@code 1500.5}; fractions of a nanosecond are rounded up. */
    static Optional<Duration> decimalMillis(String text) {
        return decimal(text, ChronoUnit.MILLIS, 6);
    }

    /** A number of a unit, whose nanoseconds are so many decimal places. */
    private static Optional<Duration> decimal(String text, ChronoUnit unit, int places) {
        int point = text.indexOf('.');
        OptionalLong whole = digits(point < 0 ? text : text.substring(0, point));
        String fraction = point < 0 ? "0" : text.substring(point + 1);
        if (whole.isEmpty() || digits(fraction).isEmpty()) {
            return Optional.empty();
        }
        long nanos = Long.parseLong((fraction + "0".repeat(places)).substring(0, places));
        boolean finer = fraction.length() > places && !isZero(fraction.substring(places));
        // The longest duration has one second more.
        long bounded = Math.min(whole.getAsLong(), Long.MAX_VALUE - 1);
        return Optional.of(Duration.of(bounded, unit).plusNanos(finer ? nanos + 1 : nanos));
    }

    /** A duration as Go writes it, such as {@code 6m0s}, {@code 1.5s} or {@code 20ms}. */
    static Optional<Duration> duration(String text) {
        if (text.endsWith("ms")) {
            return decimalMillis(text.substring(0, text.length() - 2));
        }
        if (!HOURS_TO_SECONDS.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse("PT" + text));
        } catch (DateTimeParseException overflow) {
            return Optional.of(MAX_DURATION);
        }
    }

    /** Returns whether these are digits that write zero. */
    static boolean isZero(String text) {
        OptionalLong number = digits(text);
        return number.isPresent() && number.getAsLong() == 0;
    }

    /** The number that these ASCII digits write, or the largest long if it is larger; empty if it is anything else. */
    static OptionalLong digits(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return OptionalLong.empty();
            }
            boolean fits = number <= (Long.MAX_VALUE - digit) / 10;
            number = fits ? number * 10 + digit : Long.MAX_VALUE;
        }
        return OptionalLong.of(number);
    }

    /** Returns whether the text is this word of small letters, in any case of ASCII: to Java, "falſe" is "FALSE" too. */
    static boolean isLiteral(String literal, String text) {
        return text.equalsIgnoreCase(literal) && text.chars().allMatch(c -> c < 128);
    }

    /** The text without the spaces and tabs around it: what HTTP calls OWS, and no other white space. */
    static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (from < to && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
