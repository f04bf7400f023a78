package dev.respite.http.exchange;

import static dev.respite.http.exchange.HintFixture.MAX_DURATION;
import static dev.respite.http.exchange.HintFixture.read;
import static dev.respite.http.exchange.HintFixture.waitOf;
import static dev.respite.http.exchange.HintFixture.waitOfSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the waits of the {@code RateLimit} and {@code X-RateLimit-Reset} headers. */
class HintReaderRateLimitTest {

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
                "\"default\";x=a!#$%&'*+-.^_`|~:/zAZ09;r=0;t=30",
                "\"default\";r=0;t=30, (\"a\" \"b\")",
                "\"default\";x=%\"caf%c3%a9\";r=0;t=30",
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
                "(\"a\" \"b\");r=0;t=30", // no item
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
        assertThat(read(429, "ratelimit", " \"a\";r=0;t=30\t", "ratelimit", "\t\"b\" "))
                .isEqualTo(waitOfSeconds(30));
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=10", "ratelimit", "\"b"))
                .as("an error in one line spoils the field: RFC 9651")
                .isEqualTo(ServerHint.NONE);
    }

    @Test
    void read_rateLimitOfTooManyDigits_isTheLongestWait() {
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=999999999999999")).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(429, "ratelimit", "remaining=0, reset=999999999999999")).isEqualTo(waitOf(MAX_DURATION));
    }

    @Test
    void read_rateLimitOfMoreDigitsThanAnInteger_saysNothing() {
        assertThat(read(429, "ratelimit", "\"a\";r=0;t=1000000000000000")).isEqualTo(ServerHint.NONE);
        assertThat(read(429, "ratelimit", "\"a\";r=0000000000000000;t=5")).isEqualTo(ServerHint.NONE);
        assertThat(read(429, "ratelimit", "remaining=0, reset=1000000000000000"))
                .isEqualTo(ServerHint.NONE);
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
        "403, 0, true",
        "403, 1, false",
        "401, 0, false",
    })
    void read_rateLimitReset_countsIfTheStatusOrTheRemainderSaysSo(int status, String remaining, boolean counts) {
        assertThat(read(status, "x-ratelimit-reset", "30", "x-ratelimit-remaining", remaining))
                .isEqualTo(counts ? waitOfSeconds(30) : ServerHint.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "429, 1, true",
        "429, 0, true",
        "503, 0, true",
        "403, 0, true",
        "503, 1, false",
        "500, 0, false",
    })
    void read_rateLimitResetOfTheOlderDrafts_isReadLikewise(int status, String remaining, boolean counts) {
        assertThat(read(status, "RateLimit-Limit", "100", "RateLimit-Remaining", remaining, "RateLimit-Reset", "30"))
                .isEqualTo(counts ? waitOfSeconds(30) : ServerHint.NONE);
    }

    @Test
    void read_rateLimitResetOfOneNameWithTheRemainderOfAnother_saysNothing() {
        assertThat(read(403, "ratelimit-reset", "30", "x-ratelimit-remaining", "0"))
                .isEqualTo(ServerHint.NONE);
        assertThat(read(503, "x-ratelimit-reset", "30", "ratelimit-remaining", "0"))
                .isEqualTo(ServerHint.NONE);
    }

    // x-ratelimit-reset-requests

    @ParameterizedTest
    @CsvSource({
        "1s, PT1S",
        "6m0s, PT6M",
        "1.5s, PT1.5S",
        "20ms, PT0.02S",
        "59.75ms, PT0.05975S",
        "0s, PT0S",
        "2m, PT2M",
        "1m30.25s, PT1M30.25S",
        "24h0m0s, PT24H",
        "1h, PT1H",
        "' 8.64s ', PT8.64S",
    })
    void read_resetOfRequests_isADurationOfGo(String value, Duration wait) {
        assertThat(read(429, "x-ratelimit-reset-requests", value)).isEqualTo(waitOf(wait));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "m",
                "ms",
                "1",
                "1.5",
                "1d",
                "1S",
                "1M",
                "PT1S",
                "-1s",
                "+1s",
                "1 s",
                "1s ms",
                "0s1m",
                "1s1s",
                "1.5m",
                "1.h",
                "1.s",
                ".5s",
                "1,5s",
                "1_0s",
                "٥s",
                "1e3s",
                "1us",
                "1µs",
                "1s;",
                "1m20ms",
                "1.0000000000s",
                "1773576030s\u00a0",
                "2026-03-15T12:00:30Z"
            })
    void read_resetOfRequestsThatIsNoDuration_saysNothing(String value) {
        assertThat(read(429, "x-ratelimit-reset-requests", value)).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372037s",
                "9223372036854775808s",
                "99999999999999999999999999h",
                "9223372036854775807h59m59.999999999s",
                "99999999999999999999999999ms",
            })
    void read_resetOfRequestsThatOverflows_isTheLongestWait(String value) {
        assertThat(read(429, "x-ratelimit-reset-requests", value)).isEqualTo(waitOf(MAX_DURATION));
    }

    @Test
    void read_resetOfRequestsWhileRequestsRemain_saysNothing() {
        assertThat(read(429, "x-ratelimit-reset-requests", "6m0s", "x-ratelimit-remaining-requests", "59"))
                .as("another limit, of tokens, is spent")
                .isEqualTo(ServerHint.NONE);
        assertThat(read(429, "x-ratelimit-reset-requests", "6m0s", "x-ratelimit-remaining-requests", "0"))
                .isEqualTo(waitOfSeconds(360));
        assertThat(read(503, "x-ratelimit-reset-requests", "6m0s", "x-ratelimit-remaining-requests", "0"))
                .isEqualTo(ServerHint.NONE);
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
}
