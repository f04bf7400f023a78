package dev.respite.http.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the header fields by which servers say whether and when to try again.
 *
 * <p>{@code x-should-retry: false} (the SDKs of OpenAI and Anthropic) or {@code Stripe-Should-Retry: false} ends the call. So does
 * {@code Respite-Refused: retry} with status 503, by which a server of Respite refuses a retry while it is congested.
 * Otherwise the wait comes from the first of these dialects that has a valid value. Of several lines of a field the longest valid
 * wait counts:
 *
 * <ol>
 *   <li>{@code retry-after-ms}: milliseconds, digits with or without a fraction (Azure, OpenAI)
 *   <li>{@code x-ms-retry-after-ms}: the same (Azure)
 *   <li>{@code x-amz-retry-after}: milliseconds, digits (AWS SDKs, standard mode 2.1)
 *   <li>{@code Retry-After}: seconds, digits with or without a fraction; or a date. RFC 9110, section 10.2.3, has no fraction
 *   <li>{@code RateLimit}, with status 429 or 503: the seconds {@code t} of the items of which nothing remains, {@code
 *       "default";r=0;t=30}. It has the syntax of RFC 9651 (draft-ietf-httpapi-ratelimit-headers from 08 on), or the
 *       dictionary of draft 07, {@code limit=100, remaining=0, reset=30}. A field with an error of syntax is ignored as
 *       a whole, and so is one with a number of more than 15 digits
 *   <li>{@code RateLimit-Reset} (drafts up to 06) and {@code X-RateLimit-Reset}, with status 429, or with 403 or 503 if
 *       {@code RateLimit-Remaining} or {@code X-RateLimit-Remaining} is 0: digits. They
 *       are seconds since 1970 from 1,000,000,000 on (GitHub), else seconds from now. From 100,000,000,000 on they are
 *       milliseconds since 1970 by mistake, and are ignored
 *   <li>{@code x-ratelimit-reset-requests}, with status 429, unless {@code x-ratelimit-remaining-requests} is more than 0: a
 *       duration such as {@code 6m0s}, {@code 1.5s} or {@code 20ms} (model providers)
 * </ol>
 *
 * <p>Dates are measured against the response's own {@code Date}, so that a wrong clock of the client does no harm. If
 * it is missing or more than 24 hours away from the wall time, they are measured against the wall time. A date that has passed is a
 * wait of zero. Digits are ASCII digits, without sign, exponent or separator; spaces and tabs around a value are
 * allowed. Too many digits are a very long wait, not garbage: waits end at 2<sup>63</sup> − 1 nanoseconds (292 years).
 * Garbage is ignored.
 *
 * <p>Pure: no clock, no locale, no time zone. Safe for use by any number of threads.
 */
final class HintReader {

    private static final Duration SANE_CLOCK_ERROR = Duration.ofHours(24);
    private static final long FIRST_EPOCH_SECOND = 1_000_000_000;
    /** So many seconds are the year 5138; so many milliseconds, 1973. */
    private static final long FIRST_EPOCH_MILLI = 100_000_000_000L;

    /** The field that marks a refused retry. */
    private static final String REFUSED = "respite-refused";

    private static final List<String> SHOULD_RETRY = List.of("x-should-retry", "stripe-should-retry");

    /** Fields that are read although the hints of vendors are not. */
    private static final Set<String> ALWAYS_READ = Set.of("retry-after", "date", REFUSED);

    private static final String REMAINING = "x-ratelimit-remaining";

    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final int status;
    private final Function<String, List<String>> headers;
    private final Instant wallTime;

    /** Computed once: a hostile response has many dates, and many lines that are measured against them. */
    private @Nullable Instant responseTime;

    private HintReader(int status, Function<String, List<String>> headers, Instant wallTime) {
        this.status = status;
        this.headers = headers;
        this.wallTime = wallTime;
    }

    /**
     * Reads the hints of a response for the next attempt; never throws. Whether a wait counts
     * with this status is for the caller to say: {@code Retry-After} also comes with 413 and with redirections.
     *
     * @param status the status of the response
     * @param headers the lines of a header field by its name, in any case; an empty list for a field that is not there:
     *     {@code response.headers()::allValues}
     * @param wallTime the time of day at which the response arrived
     * @return the hint
     */
    static ServerHint read(int status, Function<String, List<String>> headers, Instant wallTime) {
        return new HintReader(status, headers, wallTime).hint();
    }

    /**
     * Returns the first line of {@code Retry-After} that is neither seconds nor a date; never throws.
     *
     * @param headers the lines of a header field by its name, as for {@link #read}
     * @param wallTime the time of day at which the response arrived
     * @return the line, or empty if all lines can be read
     */
    static Optional<String> unreadableRetryAfter(Function<String, List<String>> headers, Instant wallTime) {
        HintReader reader = new HintReader(0, headers, wallTime);
        return reader.lines("retry-after")
                .filter(line -> reader.secondsOrDate(line).isEmpty())
                .findFirst();
    }

    /**
     * Returns whether a response reports that nothing remains of a limit ({@code X-RateLimit-Remaining: 0}).
     *
     * @param headers the lines of a header field by its name, as for {@link #read}
     * @return true if one line is zero
     */
    static boolean isLimitSpent(Function<String, List<String>> headers) {
        return isZero(headers, REMAINING);
    }

    /** Returns whether a response has the status and the mark by which a server of Respite refuses a retry. */
    static boolean isRefusedRetry(int status, Function<String, List<String>> headers) {
        return new HintReader(status, headers, Instant.EPOCH).isRefused();
    }

    /** Returns the header fields without those values that forbid a retry. */
    static Function<String, List<String>> withoutProhibitions(Function<String, List<String>> headers) {
        return name -> headers.apply(name).stream()
                .filter(line -> !(name.equals(REFUSED) || (SHOULD_RETRY.contains(name) && isFalse(line))))
                .toList();
    }

    private static boolean isFalse(String line) {
        return FieldParser.isLiteral("false", FieldParser.trimmed(line));
    }

    /**
     * Returns the header fields without all hints but {@code Retry-After} and the mark of a refused retry.
     *
     * @param headers the lines of a header field by its name, as for {@link #read}
     * @return the lines of the fields that RFC 9110 defines and of the mark, and no others
     */
    static Function<String, List<String>> withoutVendorHints(Function<String, List<String>> headers) {
        return name -> ALWAYS_READ.contains(name) ? headers.apply(name) : List.of();
    }

    private ServerHint hint() {
        if (isRefused() || shouldRetry("false")) {
            return new DoNotRetry();
        }
        Optional<Duration> notBefore = longest("retry-after-ms", FieldParser::decimalMillis)
                .or(() -> longest("x-ms-retry-after-ms", FieldParser::decimalMillis))
                .or(() -> longest("x-amz-retry-after", FieldParser::millis))
                .or(this::retryAfter)
                .or(this::rateLimit);
        return new MayRetry(shouldRetry("true"), notBefore.map(HintReader::saturated));
    }

    private boolean isRefused() {
        return status == SERVICE_UNAVAILABLE && lines(REFUSED).anyMatch(line -> FieldParser.isLiteral("retry", line));
    }

    private Optional<Duration> retryAfter() {
        return longest("retry-after", this::secondsOrDate).map(HintReader::saturated);
    }

    private boolean shouldRetry(String literal) {
        return SHOULD_RETRY.stream().flatMap(this::lines).anyMatch(line -> FieldParser.isLiteral(literal, line));
    }

    private Optional<Duration> rateLimit() {
        // RFC 9651, section 4.2: the lines of a structured field are one value.
        Optional<Duration> field = status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE
                ? RateLimitField.parse(lines("ratelimit").collect(Collectors.joining(",")))
                : Optional.empty();
        return field.or(() -> reset("ratelimit-remaining", "ratelimit-reset"))
                .or(() -> reset(REMAINING, "x-ratelimit-reset"))
                .or(this::resetOfRequests);
    }

    private Optional<Duration> reset(String remaining, String reset) {
        boolean spent = status == TOO_MANY_REQUESTS
                || ((status == SERVICE_UNAVAILABLE || status == FORBIDDEN) && isZero(headers, remaining));
        return spent ? longest(reset, this::secondsOrEpochSecond) : Optional.empty();
    }

    /** Another limit, of tokens, may have caused the 429: then requests remain, and their reset is no hint. */
    private Optional<Duration> resetOfRequests() {
        boolean spent = status == TOO_MANY_REQUESTS
                && lines("x-ratelimit-remaining-requests").allMatch(FieldParser::isZero);
        return spent ? longest("x-ratelimit-reset-requests", FieldParser::duration) : Optional.empty();
    }

    private static boolean isZero(Function<String, List<String>> headers, String name) {
        return headers.apply(name).stream().map(FieldParser::trimmed).anyMatch(FieldParser::isZero);
    }

    private Optional<Duration> longest(String name, Function<String, Optional<Duration>> dialect) {
        return lines(name).map(dialect).flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private Stream<String> lines(String name) {
        return headers.apply(name).stream().map(FieldParser::trimmed);
    }

    private Optional<Duration> secondsOrDate(String text) {
        return FieldParser.decimalSeconds(text)
                .or(() -> HttpDate.parse(text, wallTime).map(this::until));
    }

    private Optional<Duration> secondsOrEpochSecond(String text) {
        OptionalLong number = FieldParser.digits(text);
        if (number.isEmpty() || number.getAsLong() < FIRST_EPOCH_SECOND) {
            return FieldParser.seconds(text);
        }
        if (number.getAsLong() == Long.MAX_VALUE) {
            return Optional.of(FieldParser.MAX_DURATION);
        }
        boolean isSeconds = number.getAsLong() < FIRST_EPOCH_MILLI;
        return isSeconds ? Optional.of(until(Instant.ofEpochSecond(number.getAsLong()))) : Optional.empty();
    }

    /** Returns the time from the response to an instant; zero if the instant has passed. */
    private Duration until(Instant instant) {
        if (responseTime == null) {
            responseTime = lines("date")
                    .flatMap(line -> HttpDate.parse(line, wallTime).stream())
                    .filter(date -> Duration.between(date, wallTime).abs().compareTo(SANE_CLOCK_ERROR) <= 0)
                    .findFirst()
                    .orElse(wallTime);
        }
        Duration wait = Duration.between(responseTime, instant);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Duration saturated(Duration wait) {
        return wait.compareTo(FieldParser.MAX_DURATION) < 0 ? wait : FieldParser.MAX_DURATION;
    }
}
