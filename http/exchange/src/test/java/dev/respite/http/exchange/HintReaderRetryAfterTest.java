package dev.respite.http.exchange;

import static dev.respite.http.exchange.HintFixture.MAX_DURATION;
import static dev.respite.http.exchange.HintFixture.read;
import static dev.respite.http.exchange.HintFixture.waitOf;
import static dev.respite.http.exchange.HintFixture.waitOfSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the waits of the {@code Retry-After} header and of its variants in milliseconds. */
class HintReaderRetryAfterTest {

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
        assertThat(read(500, "x-ms-retry-after-ms", value)).isEqualTo(waitOf(Duration.ofNanos(nanos)));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".5", "5.", "1.5.5", "1,5", "1.-5", "-1.5", "1. 5", "1 .5", "1.5e3", "1.٥", "٥.1"})
    void read_retryAfterMsThatIsNoDecimal_saysNothing(String value) {
        assertThat(read(500, "retry-after-ms", value)).isEqualTo(ServerHint.NONE);
        assertThat(read(500, "x-ms-retry-after-ms", value)).isEqualTo(ServerHint.NONE);
        assertThat(read(500, "retry-after", value)).isEqualTo(ServerHint.NONE);
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

    @ParameterizedTest
    @CsvSource({
        "1.5, 1500000000",
        "0.25, 250000000",
        "007.50, 7500000000",
        "0.0000000001, 1",
        "9223372036.854775806, 9223372036854775806",
        "9223372036.854775808, 9223372036854775807",
        "9223372036854775807.9999999999, 9223372036854775807",
        "99999999999999999999999999999999.9999999999, 9223372036854775807",
    })
    void read_retryAfterWithFraction_isRoundedUpToANanosecond(String value, long nanos) {
        assertThat(read(503, "retry-after", value)).isEqualTo(waitOf(Duration.ofNanos(nanos)));
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
