package dev.respite.http.exchange;

import static dev.respite.http.exchange.HintFixture.WALL_TIME;
import static dev.respite.http.exchange.HintFixture.read;
import static dev.respite.http.exchange.HintFixture.waitOf;
import static dev.respite.http.exchange.HintFixture.waitOfSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the {@code x-should-retry} header and the precedence of the dialects; {@link Rule21StrictHintParsingTest} tests
 * the values that all dialects refuse.
 */
class HintReaderTest {

    @ParameterizedTest
    @ValueSource(ints = {100, 200, 413, 429, 503, 599})
    void read_noHeaders_isNone(int status) {
        assertThat(read(status)).isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_headersOfTheJdkClient_fitAsTheyAre() {
        Map<String, List<String>> fields = Map.of("RETRY-AFTER", List.of("5", "7"), "Retry-After-Ms", List.of("x"));
        HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);

        assertThat(HintReader.read(503, headers::allValues, WALL_TIME)).isEqualTo(waitOfSeconds(7));
    }

    // x-should-retry

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "False", " false\t"})
    void read_shouldRetryFalse_isDoNotRetry(String value) {
        assertThat(read(503, "x-should-retry", value)).isEqualTo(new DoNotRetry());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True", "\ttrue "})
    void read_shouldRetryTrue_requestsARetry(String value) {
        assertThat(read(409, "X-Should-Retry", value)).isEqualTo(new MayRetry(true, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false", "false, false"})
    void read_shouldRetryFalseInOneOfTwoFields_isDoNotRetry(String common, String stripe) {
        assertThat(read(409, "X-Should-Retry", common, "Stripe-Should-Retry", stripe))
                .isEqualTo(new DoNotRetry());
    }

    @Test
    void read_stripeShouldRetry_isReadLikewise() {
        assertThat(read(503, "Stripe-Should-Retry", "false", "retry-after", "1"))
                .isEqualTo(new DoNotRetry());
        assertThat(read(409, "stripe-should-retry", "True")).isEqualTo(new MayRetry(true, Optional.empty()));
        assertThat(read(409, "stripe-should-retry", "yes")).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no", "yes", "0", "1", "falſe", "falsee", "fals", "false;q=1", "\"false\"", "tru", "truе"})
    void read_shouldRetryOfAnotherValue_saysNothing(String value) {
        assertThat(read(503, "x-should-retry", value)).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "503, retry, true",
        "503, RETRY, true",
        "503, ' retry\t', true",
        "503, 'retry, retry', false",
        "503, true, false",
        "503, '', false",
        "429, retry, false",
        "500, retry, false",
        "504, retry, false",
        "200, retry, false",
    })
    void read_refusedRetry_isDoNotRetryWithThisStatusAndValueOnly(int status, String value, boolean forbidden) {
        assertThat(read(status, "Respite-Refused", value)).isEqualTo(forbidden ? new DoNotRetry() : ServerHint.NONE);
    }

    @Test
    void isRefusedRetry_withAMark_isTrueFor503Only() {
        Map<String, List<String>> fields = Map.of("respite-refused", List.of("retry"));
        assertThat(HttpRules.isRefusedRetry(503, name -> fields.getOrDefault(name, List.of())))
                .isTrue();
        assertThat(HttpRules.isRefusedRetry(429, name -> fields.getOrDefault(name, List.of())))
                .isFalse();
        assertThat(HttpRules.isRefusedRetry(503, name -> List.of())).isFalse();
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
                .isEqualTo(new DoNotRetry());
    }

    @Test
    void read_shouldRetryTrueWithAWait_isBoth() {
        assertThat(read(503, "x-should-retry", "true", "retry-after", "7"))
                .isEqualTo(new MayRetry(true, Optional.of(Duration.ofSeconds(7))));
    }

    // Precedence of the delays

    @Test
    void read_allDialects_areReadInTheirOrder() {
        List<String> headers = new ArrayList<>(List.of(
                "retry-after-ms", "0",
                "x-ms-retry-after-ms", "1",
                "x-amz-retry-after", "2",
                "retry-after", "3",
                "ratelimit", "\"a\";r=0;t=4",
                "ratelimit-reset", "5",
                "x-ratelimit-reset", "6",
                "x-ratelimit-reset-requests", "7s"));
        List<Duration> waits = List.of(
                Duration.ofMillis(0),
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                Duration.ofSeconds(7));
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
}
