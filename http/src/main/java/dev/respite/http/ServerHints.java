package dev.respite.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The reader of the header fields by which servers say whether and when to try again.
 *
 * <p>{@code x-should-retry: false} (the SDKs of OpenAI and Anthropic) ends the matter. Otherwise the wait comes from the
 * first of these dialects that has a valid value; where a field has several lines, from its longest valid one:
 *
 * <ol>
 *   <li>{@code retry-after-ms}: milliseconds, digits with or without a fraction (Azure, OpenAI)
 *   <li>{@code x-amz-retry-after}: milliseconds, digits (AWS SDKs, standard mode 2.1)
 *   <li>{@code Retry-After}: seconds, digits; or a date (RFC 9110, section 10.2.3)
 *   <li>{@code RateLimit}, with status 429 or 503: the seconds {@code t} of the items of which nothing remains,
 *       {@code "default";r=0;t=30} (draft-ietf-httpapi-ratelimit-headers from 08 on, in the syntax of RFC 9651); or the
 *       dictionary of draft 07, {@code limit=100, remaining=0, reset=30}. A field with an error of syntax is ignored as
 *       a whole
 *   <li>{@code X-RateLimit-Reset}, with status 429, or with 503 if {@code X-RateLimit-Remaining} is 0: digits, which
 *       are seconds since 1970 from 1,000,000,000 on (GitHub), else seconds from now
 * </ol>
 *
 * <p>Dates are measured against the response's own {@code Date}, so that a client's wrong clock does no harm, unless
 * that is missing or more than 24 hours away from the wall time: then against the wall time. A date that has passed is a
 * wait of zero. Digits are ASCII digits, without sign, exponent or separator; spaces and tabs around a value are
 * allowed. Too many digits are a very long wait, not garbage: waits end at 2<sup>63</sup> − 1 nanoseconds (292 years).
 * Garbage is ignored.
 *
 * <p>Pure: no clock, no locale, no time zone. Safe for use by any number of threads.
 */
final class ServerHints {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration SANE_CLOCK_ERROR = Duration.ofHours(24);
    private static final long FIRST_EPOCH_SECOND = 1_000_000_000;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final int status;
    private final Function<String, List<String>> headers;
    private final Instant wallTime;

    private ServerHints(int status, Function<String, List<String>> headers, Instant wallTime) {
        this.status = status;
        this.headers = headers;
        this.wallTime = wallTime;
    }

    /**
     * Reads what an answer says about the next attempt; never throws, whatever the server sent. Whether a wait counts
     * with this status is for the caller to say: {@code Retry-After} also comes with 413 and with redirections.
     *
     * @param status the status of the response
     * @param headers the lines of a header field by its name, in any case; an empty list for a field that is not there:
     *     {@code response.headers()::allValues}
     * @param wallTime the time of day at which the response arrived
     * @return the hint
     */
    static ServerHint read(int status, Function<String, List<String>> headers, Instant wallTime) {
        return new ServerHints(status, headers, wallTime).hint();
    }

    private ServerHint hint() {
        if (lines("x-should-retry").anyMatch(line -> isWord("false", line))) {
            return new ServerHint.DoNotRetry();
        }
        boolean asked = lines("x-should-retry").anyMatch(line -> isWord("true", line));
        Optional<Duration> notBefore = longest("retry-after-ms", ServerHints::millisWithFraction)
                .or(() -> longest("x-amz-retry-after", ServerHints::millis))
                .or(() -> longest("retry-after", this::secondsOrDate))
                .or(this::rateLimit);
        return new ServerHint.MayRetry(asked, notBefore.map(ServerHints::saturated));
    }

    private Optional<Duration> rateLimit() {
        if (status != TOO_MANY_REQUESTS && status != SERVICE_UNAVAILABLE) {
            return Optional.empty();
        }
        // RFC 9651, section 4.2: the lines of a structured field are one value.
        return RateLimitField.parse(String.join(",", headers.apply("ratelimit")))
                .or(this::rateLimitReset);
    }

    private Optional<Duration> rateLimitReset() {
        boolean spent =
                status == TOO_MANY_REQUESTS || lines("x-ratelimit-remaining").anyMatch(ServerHints::isZero);
        return spent ? longest("x-ratelimit-reset", this::secondsOrEpochSecond) : Optional.empty();
    }

    private Optional<Duration> longest(String name, Function<String, Optional<Duration>> dialect) {
        return lines(name).map(dialect).flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private Stream<String> lines(String name) {
        return headers.apply(name).stream().map(ServerHints::trimmed);
    }

    private Optional<Duration> secondsOrDate(String text) {
        return seconds(text).or(() -> HttpDate.parse(text, wallTime).map(this::until));
    }

    private Optional<Duration> secondsOrEpochSecond(String text) {
        OptionalLong number = digits(text);
        if (number.isEmpty() || number.getAsLong() < FIRST_EPOCH_SECOND) {
            return seconds(text);
        }
        long epochSecond = Math.min(number.getAsLong(), Instant.MAX.getEpochSecond());
        return Optional.of(until(Instant.ofEpochSecond(epochSecond)));
    }

    /** How long it is from the response to the given instant; zero if that has passed. */
    private Duration until(Instant instant) {
        Instant response = lines("date")
                .flatMap(line -> HttpDate.parse(line, wallTime).stream())
                .filter(date -> Duration.between(date, wallTime).abs().compareTo(SANE_CLOCK_ERROR) <= 0)
                .findFirst()
                .orElse(wallTime);
        Duration wait = Duration.between(response, instant);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Optional<Duration> seconds(String text) {
        return digits(text).stream().mapToObj(Duration::ofSeconds).findFirst();
    }

    private static Optional<Duration> millis(String text) {
        return digits(text).stream().mapToObj(Duration::ofMillis).findFirst();
    }

    /** Milliseconds such as {@code 1500} or {@code 1500.5}; what is finer than a nanosecond is rounded up. */
    private static Optional<Duration> millisWithFraction(String text) {
        int point = text.indexOf('.');
        if (point < 0) {
            return millis(text);
        }
        String fraction = text.substring(point + 1);
        if (digits(fraction).isEmpty()) {
            return Optional.empty();
        }
        long nanos = Long.parseLong((fraction + "000000").substring(0, 6));
        boolean finer = fraction.length() > 6 && !isZero(fraction.substring(6));
        return millis(text.substring(0, point)).map(whole -> whole.plusNanos(finer ? nanos + 1 : nanos));
    }

    private static Duration saturated(Duration wait) {
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    private static boolean isZero(String text) {
        OptionalLong number = digits(text);
        return number.isPresent() && number.getAsLong() == 0;
    }

    /** The number that these ASCII digits write, or the largest long if it is larger; empty if it is anything else. */
    private static OptionalLong digits(String text) {
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

    /** Whether the text is this word of small letters, in any case of ASCII: to Java, "falſe" is "FALSE" too. */
    private static boolean isWord(String word, String text) {
        return text.equalsIgnoreCase(word) && text.chars().allMatch(c -> c < 128);
    }

    /** The text without the spaces and tabs around it: what HTTP calls OWS, and no other white space. */
    private static String trimmed(String text) {
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

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isBetween(char least, char c, char most) {
        return least <= c && c <= most;
    }

    /**
     * A cursor over the value of a {@code RateLimit} field: members between commas, each of them a name with parameters
     * (a list) or a name with a value (a dictionary). Of RFC 9651 it lacks what the drafts do not use: inner lists and
     * display strings; and values that are only skipped are checked by their characters alone.
     */
    private static final class RateLimitField {

        private final String text;
        private int at;

        private RateLimitField(String text) {
            this.text = text;
        }

        /** The longest wait for a limit of which nothing remains, if there is one and the field is well formed. */
        static Optional<Duration> parse(String text) {
            return new RateLimitField(text).longestWait();
        }

        private Optional<Duration> longestWait() {
            Map<String, String> dictionary = new HashMap<>();
            Optional<Duration> longest = Optional.empty();
            do {
                skipBlanks();
                Map<String, String> parameters = new HashMap<>();
                if (!member(dictionary, parameters)) {
                    return Optional.empty();
                }
                longest = longer(longest, waitIfSpent(parameters, "r", "t"));
                skipBlanks();
            } while (skip(','));
            if (at < text.length()) {
                return Optional.empty();
            }
            return longer(longest, waitIfSpent(dictionary, "remaining", "reset"));
        }

        /** Moves past a member; false if there is none. */
        private boolean member(Map<String, String> dictionary, Map<String, String> parameters) {
            if (peek() == '"') {
                return skipString() && parameters(parameters);
            }
            return named(dictionary) && parameters(parameters);
        }

        /** Moves past any number of parameters; false if one of them is malformed. */
        private boolean parameters(Map<String, String> parameters) {
            while (skip(';')) {
                skipSpaces();
                if (!named(parameters)) {
                    return false;
                }
            }
            return true;
        }

        /** Moves past a word, and its value if it has one, and notes them; of two with one name the later stays. */
        private boolean named(Map<String, String> values) {
            int start = at;
            if (!skipWord()) {
                return false;
            }
            String name = text.substring(start, at);
            if (!skip('=')) {
                values.remove(name);
                return true;
            }
            int valueStart = at;
            if (!skipValue()) {
                return false;
            }
            values.put(name, text.substring(valueStart, at));
            return true;
        }

        private boolean skipValue() {
            return switch (peek()) {
                case '"' -> skipString();
                case ':' -> skipBytes();
                default -> skipWord();
            };
        }

        /** Moves past a string in quotes, where a backslash escapes a quote or a backslash. */
        private boolean skipString() {
            at++;
            while (isBetween(' ', peek(), '~')) {
                if (skip('"')) {
                    return true;
                }
                if (skip('\\') && peek() != '"' && peek() != '\\') {
                    return false;
                }
                at++;
            }
            return false;
        }

        /** Moves past a sequence of bytes: Base64 between colons. */
        private boolean skipBytes() {
            at++;
            while (isWordCharacter(peek()) || peek() == '=') {
                at++;
            }
            return skip(':');
        }

        /** Moves past a key, a token, a number, a date or a boolean. */
        private boolean skipWord() {
            int start = at;
            while (isWordCharacter(peek())) {
                at++;
            }
            return at > start;
        }

        private void skipSpaces() {
            while (peek() == ' ') {
                at++;
            }
        }

        private void skipBlanks() {
            while (isBlank(peek())) {
                at++;
            }
        }

        private boolean skip(char c) {
            boolean found = peek() == c;
            if (found) {
                at++;
            }
            return found;
        }

        /** The character at the cursor; at the end it is NUL, which no part of a field may contain. */
        private char peek() {
            return at < text.length() ? text.charAt(at) : '\0';
        }

        private static boolean isWordCharacter(char c) {
            return isBetween('a', c, 'z')
                    || isBetween('A', c, 'Z')
                    || isBetween('0', c, '9')
                    || "!#$%&'*+-.^_`|~/?@".indexOf(c) >= 0;
        }

        private static Optional<Duration> waitIfSpent(Map<String, String> values, String remaining, String wait) {
            boolean spent = isZero(values.getOrDefault(remaining, ""));
            return spent ? seconds(values.getOrDefault(wait, "")) : Optional.empty();
        }

        private static Optional<Duration> longer(Optional<Duration> left, Optional<Duration> right) {
            return Stream.of(left, right).flatMap(Optional::stream).max(Comparator.naturalOrder());
        }
    }
}
