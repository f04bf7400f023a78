package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each dialect, and which of them has precedence. What all of them refuse is in {@link Rule21StrictHintParsingTest}. */
class HintReaderTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    /** Reads the hint of a response with these headers: name, value, name, value. */
    private static ServerHint read(int status, String... headers) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            fields.computeIfAbsent(headers[i], name -> new ArrayList<>()).add(headers[i + 1]);
        }
        return HintReader.read(status, name -> fields.getOrDefault(name, List.of()), WALL_TIME);
    }

    private static ServerHint waitOf(Duration wait) {
        return new ServerHint.MayRetry(false, Optional.of(wait));
    }

    private static ServerHint waitOfSeconds(long seconds) {
        return waitOf(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 200, 413, 429, 503, 599})
    void read_noHeaders_isNone(int status) {
        assertThat(read(status)).isEqualTo(ServerHint.NONE);
    }

    // x-should-retry

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "False", " false\t"})
    void read_shouldRetryFalse_isDoNotRetry(String value) {
        assertThat(read(503, "x-should-retry", value)).isEqualTo(new ServerHint.DoNotRetry());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True", "\ttrue "})
    void read_shouldRetryTrue_requestsARetry(String value) {
        assertThat(read(409, "X-Should-Retry", value)).isEqualTo(new ServerHint.MayRetry(true, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no", "yes", "0", "1", "falſe", "falsee", "fals", "false;q=1", "\"false\"", "tru", "truе"})
    void read_shouldRetryOfAnotherValue_saysNothing(String value) {
        assertThat(read(503, "x-should-retry", value)).isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_shouldRetryFalseAmongOtherHints_winsOverAllOfThem() {
        assertThat(read(
                        429,
                        "x-should-retry",
                        "true",
                        "x-should-retry",
                        "false",
                        "retry-after",
                        "1",
                        "retry-after-ms",
                        "1"))
                .isEqualTo(new ServerHint.DoNotRetry());
    }

    @Test
    void read_shouldRetryTrueWithAWait_isBoth() {
        assertThat(read(503, "x-should-retry", "true", "retry-after", "7"))
                .isEqualTo(new ServerHint.MayRetry(true, Optional.of(Duration.ofSeconds(7))));
    }

    // Which delay has precedence

    @Test
    void read_allDialects_areReadInTheirOrder() {
        List<String> headers = new ArrayList<>(List.of(
                "retry-after-ms", "1",
                "x-amz-retry-after", "2",
                "retry-after", "3",
                "ratelimit", "\"a\";r=0;t=4",
                "x-ratelimit-reset", "5"));
        List<Duration> waits = List.of(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5));
        for (Duration wait : waits) {
            assertThat(read(429, headers.toArray(String[]::new))).isEqualTo(waitOf(wait));
            headers.set(1, "garbage");
            assertThat(read(429, headers.toArray(String[]::new)))
                    .as("garbage is ignored and the next dialect is read")
                    .isEqualTo(headers.size() == 2 ? ServerHint.NONE : waitOf(waits.get(waits.indexOf(wait) + 1)));
            headers.subList(0, 2).clear();
        }
    }

    @ParameterizedTest
    @CsvSource({"retry-after-ms, 30", "x-amz-retry-after, 30", "retry-after, 30000", "x-ratelimit-reset, 30000"})
    void read_severalLines_areTheLongestValidOne(String name, long millis) {
        assertThat(read(429, name, "7", name, "garbage", name, "30", name, "9"))
                .isEqualTo(waitOf(Duration.ofMillis(millis)));
    }

    // Milliseconds

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1000000",
        "1500, 1500000000",
        "1500.5, 1500500000",
        "007.50, 7500000",
        "0.000001, 1",
        "0.0000010, 1",
        "0.0000011, 2",
        "0.00000000000000000000000000000000000000000001, 1",
        "0.9999999, 1000000",
        "0.99999999999999999999999999999999, 1000000",
        "9223372036854.775806, 9223372036854775806",
        "9223372036854.775807, 9223372036854775807",
        "9223372036854.775808, 9223372036854775807",
        "9223372036854.7758061, 9223372036854775807",
        "9223372036855, 9223372036854775807",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "99999999999999999999999999999999.9999999, 9223372036854775807",
    })
    void read_retryAfterMs_isRoundedUpToANanosecond(String value, long nanos) {
        assertThat(read(500, "retry-after-ms", value)).isEqualTo(waitOf(Duration.ofNanos(nanos)));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".5", "5.", "1.5.5", "1,5", "1.-5", "-1.5", "1. 5", "1 .5", "1.5e3", "1.٥", "٥.1"})
    void read_retryAfterMsThatIsNoDecimal_saysNothing(String value) {
        assertThat(read(500, "retry-after-ms", value)).isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_amzRetryAfter_isMilliseconds() {
        assertThat(read(500, "x-amz-retry-after", " 1500 ")).isEqualTo(waitOf(Duration.ofMillis(1500)));
        assertThat(read(500, "x-amz-retry-after", "9223372036854775808")).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(500, "x-amz-retry-after", "1500.5")).isEqualTo(ServerHint.NONE);
    }

    // Retry-After

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 413, 500, 503})
    void read_retryAfter_isReadWithAnyStatus(int status) {
        assertThat(read(status, "Retry-After", "120")).isEqualTo(waitOfSeconds(120));
    }

    @Test
    void read_retryAfterZero_isAWaitOfZero() {
        assertThat(read(503, "retry-after", "0")).isEqualTo(waitOf(Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 15 Mar 2026 12:00:30 GMT  | 30",
                "Sunday, 15-Mar-26 12:00:30 GMT | 30",
                "Sun Mar 15 12:00:30 2026       | 30",
                "Sun, 15 Mar 2026 12:00:00 GMT  | 0",
                "Sun, 15 Mar 2026 11:59:59 GMT  | 0",
                "Sat, 01 Jan 0000 00:00:00 GMT  | 0",
            })
    void read_retryAfterDate_isMeasuredAgainstTheWallTime(String value, long seconds) {
        assertThat(read(503, "retry-after", value)).isEqualTo(waitOfSeconds(seconds));
    }

    @Test
    void read_retryAfterDateInAFarFuture_isTheLongestWait() {
        assertThat(read(503, "retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")).isEqualTo(waitOf(MAX_DURATION));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Sane: the response's clock counts.
                "Sun, 15 Mar 2026 11:59:00 GMT   | 90",
                "Sun, 15 Mar 2026 12:00:20 GMT   | 10",
                "Sunday, 15-Mar-26 12:00:20 GMT  | 10",
                "' \tSun Mar 15 12:00:20 2026 '  | 10",
                "Sun, 15 Mar 2026 12:00:30 GMT   | 0",
                "Sun, 15 Mar 2026 13:00:00 GMT   | 0",
                "Sat, 14 Mar 2026 12:00:00 GMT   | 86430",
                "Mon, 16 Mar 2026 12:00:00 GMT   | 0",
                // Not sane: more than 24 hours away, or no date.
                "Sat, 14 Mar 2026 11:59:59 GMT   | 30",
                "Mon, 16 Mar 2026 12:00:01 GMT   | 30",
                "Thu, 01 Jan 1970 00:00:00 GMT   | 30",
                "Sun, 15 Mar 2026 12:00:20 gmt   | 30",
                "Mon, 15 Mar 2026 12:00:20 GMT   | 30",
                "0                               | 30",
            })
    void read_retryAfterDateWithDate_isMeasuredAgainstDateIfThatIsSane(String date, long seconds) {
        assertThat(read(503, "retry-after", "Sun, 15 Mar 2026 12:00:30 GMT", "date", date))
                .isEqualTo(waitOfSeconds(seconds));
    }

    @Test
    void read_severalDates_areTheFirstSaneOne() {
        assertThat(read(
                        503,
                        "retry-after",
                        "Sun, 15 Mar 2026 12:00:30 GMT",
                        "date",
                        "Thu, 01 Jan 1970 00:00:00 GMT",
                        "date",
                        "Sun, 15 Mar 2026 12:00:20 GMT",
                        "date",
                        "Sun, 15 Mar 2026 12:00:10 GMT"))
                .isEqualTo(waitOfSeconds(10));
    }

    @Test
    void read_retryAfterSeconds_doNotDependOnDate() {
        assertThat(read(503, "retry-after", "30", "date", "Sun, 15 Mar 2026 12:00:20 GMT"))
                .isEqualTo(waitOfSeconds(30));
    }

    // RateLimit

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"default\";r=0;t=30",
                "\"default\"; r=0;  t=30",
                " \"default\";r=0;t=30\t",
                "\"default\";t=30;r=0",
                "\"default\";r=000;t=030",
                "default;r=0;t=30",
                "\"\";r=0;t=30",
                "\"a \\\"b\\\\ ;,c~\";r=0;t=30",
                "\"default\";q=100;pk=:cHsd/+8=:;r=0;x;y=?1;z=\"t=99,\";d=@1659578233;f=-1.5;k=*a/b;t=30",
                "\"default\";pk=::;r=0;t=30",
                "\"default\";x=a!#$%&'*+-.^_`|~/?@zAZ09;r=0;t=30",
                "\"a\";r=0;t=10, \"b\";r=0;t=30, \"c\";r=0;t=20",
                "\"a\";r=0;t=10\t,\t\"b\";r=0;t=30",
                "\"a\";r=0;t=30,\"b\";r=1;t=99",
                "\"a\";r=0;t=30,\"b\";r=0",
                "\"a\";r=5;r=0;t=99;t=30",
                "limit=100, remaining=0, reset=30",
                "limit=100,remaining=0,reset=30",
                "reset=30, remaining=0",
                "limit=100;w=60, remaining=0, reset=30;x=1",
                "limit=100, remaining=1, remaining=0, reset=30",
            })
    void read_rateLimitSpent_isTheLongestWait(String value) {
        assertThat(read(429, "RateLimit", value)).isEqualTo(waitOfSeconds(30));
        assertThat(read(503, "RateLimit", value)).isEqualTo(waitOfSeconds(30));
        assertThat(read(200, "RateLimit", value)).isEqualTo(ServerHint.NONE);
        assertThat(read(500, "RateLimit", value)).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A positive wait remains, or no wait is given.
                "\"default\";r=1;t=30",
                "\"default\";r=10;t=30",
                "\"default\";t=30",
                "\"default\";r=0",
                "\"default\";r=0;t",
                "\"default\";r;t=30",
                "\"default\";r=0;t=30;t",
                "\"default\";r=0;t=30;r",
                "\"default\";r=\"0\";t=30",
                "\"default\";r=0;t=\"30\"",
                "\"default\";r=-0;t=30",
                "\"default\";r=0.0;t=30",
                "\"default\";r=0;t=-30",
                "\"default\";r=0;t=30.5",
                "\"default\";r=0, \"other\";t=30",
                "\"default\";R=0;T=30",
                "limit=100, remaining=1, reset=30",
                "limit=100, remaining=0",
                "limit=100, reset=30",
                "limit=100, remaining=0, remaining, reset=30",
                "limit=100;remaining=0;reset=30",
                "r=0, t=30",
                // Errors of syntax.
                "",
                ",",
                ";r=0;t=30",
                "\"default\"r=0;t=30",
                "\"default\";r=0;t=30,",
                ",\"default\";r=0;t=30",
                "\"default\";r=0;t=30 x",
                "\"default\";r=0;t=30;",
                "\"default\";r=0;t=30;=1",
                "\"default\";r=0;t=30;x=",
                "\"default\";r=0;t=30;x= 1",
                "\"default\" ;r=0;t=30",
                "\"default\";\tr=0;t=30",
                "\"default\";r =0;t=30",
                "\"default\";r=0;t=30\u00a0",
                "\"default\";r=0;t=30\u0000",
                "\"default\";r=0;t=30, (\"a\" \"b\")",
                "\"default;r=0;t=30",
                "\"default\\\";r=0;t=30",
                "\"default\\",
                "\"def\\ault\";r=0;t=30",
                "\"def\u001fault\";r=0;t=30",
                "\"def\u007fault\";r=0;t=30",
                "\"defäult\";r=0;t=30",
                "\"default\"=1;r=0;t=30",
                "\"default\";pk=:abc;r=0;t=30",
                "\"default\";pk=:;r=0;t=30",
                "\"default\";pk=:a\"b:;r=0;t=30",
                "\"default\";pk=\"\\a;r=0;t=30",
                "\"default\";r=0;t=30;x=\"",
                "\"default\";r=0;t=30;x=\"\\",
                "\"default\";r=0;t=30;x=:",
                "{default};r=0;t=30",
                "\"default\";x={;r=0;t=30",
                "[;r=0;t=30",
                "limit=100, remaining=0, reset=30,",
                "limit=100 remaining=0 reset=30",
                "limit=, remaining=0, reset=30",
            })
    void read_rateLimitNotSpentOrMalformed_saysNothing(String value) {
        assertThat(read(429, "ratelimit", value)).isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_rateLimitOfSeveralLines_isOneField() {
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=10", "ratelimit", "\"b\";r=0;t=30"))
                .isEqualTo(waitOfSeconds(30));
        assertThat(read(429, "ratelimit", "limit=1", "ratelimit", "remaining=0", "ratelimit", "reset=30"))
                .isEqualTo(waitOfSeconds(30));
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=10", "ratelimit", "\"b"))
                .as("an error in one line spoils the field: RFC 9651")
                .isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_rateLimitOfTooManyDigits_isTheLongestWait() {
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=99999999999999999999")).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(429, "ratelimit", "\"a\";r=18446744073709551616;t=5")).isEqualTo(ServerHint.NONE);
    }

    // X-RateLimit-Reset

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "30, 30",
        "999999999, 999999999",
        "1000000000, 0", // September 2001
        "1773576000, 0",
        "1773576001, 1",
        "1773576030, 30",
    })
    void read_rateLimitReset_isSecondsOrAnEpochSecond(String value, long seconds) {
        assertThat(read(429, "X-RateLimit-Reset", value)).isEqualTo(waitOfSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99999999999",
                "9223372036854775807",
                "9223372036854775808",
                "99999999999999999999999999",
            })
    void read_rateLimitResetFarAway_isTheLongestWait(String value) {
        assertThat(read(429, "x-ratelimit-reset", value)).isEqualTo(waitOf(MAX_DURATION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100000000000",
                "1773576030000", // milliseconds
                "1773576030000000", // microseconds
                "1773576030000000000", // nanoseconds
                "9223372036854775806",
            })
    void read_rateLimitResetInAFinerUnitByMistake_saysNothing(String value) {
        assertThat(read(429, "x-ratelimit-reset", value)).isEqualTo(ServerHint.NONE);
        assertThat(read(429, "x-ratelimit-reset", value, "x-ratelimit-reset", "30"))
                .isEqualTo(waitOfSeconds(30));
    }

    @Test
    void read_rateLimitResetAtAnEpochSecond_isMeasuredAgainstDate() {
        assertThat(read(429, "x-ratelimit-reset", "1773576030", "date", "Sun, 15 Mar 2026 12:00:20 GMT"))
                .isEqualTo(waitOfSeconds(10));
        assertThat(read(429, "x-ratelimit-reset", "30", "date", "Sun, 15 Mar 2026 12:00:20 GMT"))
                .isEqualTo(waitOfSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({
        "429, 1, true",
        "429, 0, true",
        "503, 0, true",
        "503, 000, true",
        "503, ' 0 ', true",
        "503, 1, false",
        "503, -0, false",
        "503, '', false",
        "503, none, false",
        "500, 0, false",
        "200, 0, false",
        "403, 0, false",
    })
    void read_rateLimitReset_countsIfTheStatusOrTheRemainderSaysSo(int status, String remaining, boolean counts) {
        assertThat(read(status, "x-ratelimit-reset", "30", "x-ratelimit-remaining", remaining))
                .isEqualTo(counts ? waitOfSeconds(30) : ServerHint.NONE);
    }

    @Test
    void read_rateLimitResetWithoutRemainder_countsWith429Only() {
        assertThat(read(429, "x-ratelimit-reset", "30")).isEqualTo(waitOfSeconds(30));
        assertThat(read(503, "x-ratelimit-reset", "30")).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1773576030.5", "Sun, 15 Mar 2026 12:00:30 GMT", "+30", "30s", ""})
    void read_rateLimitResetThatIsNotDigits_saysNothing(String value) {
        assertThat(read(429, "x-ratelimit-reset", value)).isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_headersOfTheJdkClient_fitAsTheyAre() {
        Map<String, List<String>> fields = Map.of("RETRY-AFTER", List.of("5", "7"), "Retry-After-Ms", List.of("x"));
        HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);

        assertThat(HintReader.read(503, headers::allValues, WALL_TIME)).isEqualTo(waitOfSeconds(7));
    }

    @Test
    void read_wallTimeAtTheEndsOfTime_neverThrows() {
        Map<String, List<String>> fields = Map.of(
                "retry-after", List.of("Sun, 15 Mar 2026 12:00:30 GMT", "Sunday, 15-Mar-26 12:00:30 GMT"),
                "date", List.of("Sun, 15 Mar 2026 12:00:30 GMT"));
        HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);

        assertThat(HintReader.read(503, headers::allValues, Instant.MIN)).isEqualTo(waitOf(MAX_DURATION));
        assertThat(HintReader.read(503, headers::allValues, Instant.MAX)).isEqualTo(waitOf(Duration.ZERO));
    }
}
