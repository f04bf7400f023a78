package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 21 of the edge cases: strict parsing of hints. ASCII digits only, no sign, overflow-safe; the three HTTP date
 * forms of RFC 9110 with its two-digit-year rule, in any default locale and time zone; dates are measured against the
 * response's own {@code Date} where it is sane; garbage is ignored and our own backoff is used; digits that overflow are
 * a very long hint, not garbage.
 */
class Rule21StrictHintParsingTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    private static ServerHint read(Map<String, String> headers) {
        return HintReader.read(
                429,
                name -> Optional.ofNullable(headers.get(name)).map(List::of).orElse(List.of()),
                WALL_TIME);
    }

    private static ServerHint waitOf(Duration wait) {
        return new MayRetry(false, Optional.of(wait));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1",
                "-1",
                "-0",
                "٥",
                "१",
                "１",
                "1٥",
                "1_000",
                "1,000",
                "1 000",
                "",
                " ",
                "\t",
                "1e3",
                "0x10",
                "1f",
                "1L",
                "1s",
                "1.-5",
                "1.5.5",
                "1.",
                ".5",
                "/",
                ":",
                "1/",
                "1:",
                "\u00a01",
                "1\u00a0",
                "\n1",
                "1\r",
                "\f1",
                "\u000b1",
                "\u20031",
                "\u00001",
                "NaN",
                "Infinity",
                "null",
                "120, 60",
                "120;",
                "\"120\"",
                "１２０",
                "𝟙",
                "-9223372036854775809",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "Sun, 06 Nov 1994 08:49:37 utc",
                "Sun, 06 Nov 1994 08:49:37 +0100",
                "sun, 06 nov 1994 08:49:37 GMT",
                "Mon, 06 Nov 1994 08:49:37 GMT",
                "Sun, 006 Nov 1994 08:49:37 GMT",
                "Sat, 06 Nov 100000 08:49:37 GMT",
                "Sun, 06 Nov +1994 08:49:37 GMT",
                "2026-03-15T12:00:30Z",
                "PT30S",
            })
    void retryAfter_garbage_isIgnored(String value) {
        assertThat(read(Map.of("retry-after", value))).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1", "-1", "-0", "٥", "१", "１", "1_000", "", " ", "1e3", "0x10", "1s", "/", ":", "\u00a01", "\u00001"
            })
    void anyDialect_garbage_isIgnored(String value) {
        for (String name : List.of(
                "retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after", "retry-after", "x-ratelimit-reset")) {
            assertThat(read(Map.of(name, value))).as(name).isEqualTo(ServerHint.NONE);
        }
        assertThat(read(Map.of("ratelimit", "\"a\";r=0;t=" + value))).isEqualTo(ServerHint.NONE);
        assertThat(read(Map.of("ratelimit", "remaining=0, reset=" + value))).isEqualTo(ServerHint.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "9, 9",
        "1234567890, 1234567890",
        "00000000000000000000000000000000000000120, 120",
        "9223372036, 9223372036",
    })
    void retryAfter_asciiDigits_areSeconds(String value, long seconds) {
        assertThat(read(Map.of("retry-after", value))).isEqualTo(waitOf(Duration.ofSeconds(seconds)));
        assertThat(read(Map.of("retry-after", " \t" + value + "\t "))).isEqualTo(waitOf(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372037",
                "9223372036854775807",
                "9223372036854775808",
                "9223372036854775810",
                "18446744073709551615",
                "18446744073709551616",
                "18446744073709551617",
                "99999999999999999999999999999999999999999999999999",
            })
    void retryAfter_digitsThatOverflow_areAVeryLongHint(String value) {
        assertThat(read(Map.of("retry-after", value))).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(Map.of("retry-after-ms", value + "000000"))).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(Map.of("x-amz-retry-after", value + "000000"))).isEqualTo(waitOf(MAX_DURATION));
        assertThat(read(Map.of("x-ratelimit-reset", value + "0000000000"))).isEqualTo(waitOf(MAX_DURATION));
    }

    /** An integer of a structured field has at most 15 digits (RFC 9651, section 3.3.1). */
    @ParameterizedTest
    @CsvSource({"9223372037, true", "999999999999999, true", "1000000000000000, false", "18446744073709551616, false"})
    void rateLimit_digitsThatOverflow_areAVeryLongHintUpTo15(String value, boolean read) {
        assertThat(read(Map.of("ratelimit", "\"a\";r=0;t=" + value)))
                .isEqualTo(read ? waitOf(MAX_DURATION) : ServerHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 15 Mar 2026 12:00:30 GMT",
                "Sunday, 15-Mar-26 12:00:30 GMT",
                "Sun Mar 15 12:00:30 2026",
                " Sun, 15 Mar 2026 12:00:30 GMT\t",
                "Sun, 15 Mar 2026 12:00:30 UTC",
                "Sun, 15 Mar 2026 12:00:30 Z",
                "Sun, 15 Mar 2026 12:00:30 +0000",
                "Sun, 15 Mar 2026 12:00:30 -0000",
            })
    void retryAfter_dateInAnyOfTheThreeForms_isMeasuredAgainstASaneDate(String value) {
        assertThat(read(Map.of("retry-after", value))).isEqualTo(waitOf(Duration.ofSeconds(30)));
        assertThat(read(Map.of("retry-after", value, "date", "Sun, 15 Mar 2026 11:00:30 GMT")))
                .isEqualTo(waitOf(Duration.ofHours(1)));
        assertThat(read(Map.of("retry-after", value, "date", "Fri, 13 Mar 2026 12:00:30 GMT")))
                .isEqualTo(waitOf(Duration.ofSeconds(30)));
    }

    @Test
    void retryAfter_dateWithADayOfOneDigit_isThatDay() {
        String firstOfTheMonth =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.of(2026, 4, 1, 12, 0, 0, 0, ZoneOffset.UTC));

        assertThat(firstOfTheMonth).isEqualTo("Wed, 1 Apr 2026 12:00:00 GMT");
        assertThat(read(Map.of("retry-after", firstOfTheMonth))).isEqualTo(waitOf(Duration.ofDays(17)));
    }

    @Test
    void retryAfter_twoDigitYearMoreThanFiftyYearsAhead_isPast() {
        assertThat(read(Map.of("retry-after", "Monday, 15-Mar-76 12:00:01 GMT")))
                .isEqualTo(waitOf(Duration.ZERO));
        assertThat(read(Map.of("retry-after", "Sunday, 15-Mar-76 12:00:00 GMT")))
                .isEqualTo(waitOf(Duration.between(WALL_TIME, Instant.parse("2076-03-15T12:00:00Z"))));
    }

    @Test
    void retryAfter_garbage_leavesTheNextDialectToSpeak() {
        assertThat(read(Map.of("retry-after-ms", "+1", "x-amz-retry-after", "", "retry-after", "5")))
                .isEqualTo(waitOf(Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource({
        "ar-EG, Africa/Cairo",
        "ar-EG-u-nu-arab, Asia/Kathmandu",
        "hi-IN-u-nu-deva, Asia/Kolkata",
        "th-TH-u-ca-buddhist-nu-thai, Asia/Bangkok",
        "ja-JP-u-ca-japanese, Pacific/Kiritimati",
        "tr-TR, America/St_Johns",
        "en-US, Pacific/Pago_Pago",
    })
    @ResourceLock(Resources.LOCALE)
    @ResourceLock(Resources.TIME_ZONE)
    void anyDialect_inAnyDefaultLocaleAndTimeZone_readsTheSame(String locale, String zone) {
        Locale localeBefore = Locale.getDefault();
        TimeZone zoneBefore = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(locale));
            TimeZone.setDefault(TimeZone.getTimeZone(zone));

            retryAfter_asciiDigits_areSeconds("120", 120);
            retryAfter_garbage_isIgnored("٥");
            retryAfter_garbage_isIgnored("१");
            retryAfter_garbage_isIgnored("Sun, 15 Mar 2569 12:00:30 GMT");
            retryAfter_dateInAnyOfTheThreeForms_isMeasuredAgainstASaneDate("Sun, 15 Mar 2026 12:00:30 GMT");
            retryAfter_dateInAnyOfTheThreeForms_isMeasuredAgainstASaneDate("Sunday, 15-Mar-26 12:00:30 GMT");
            retryAfter_dateInAnyOfTheThreeForms_isMeasuredAgainstASaneDate("Sun Mar 15 12:00:30 2026");
            retryAfter_twoDigitYearMoreThanFiftyYearsAhead_isPast();
            assertThat(read(Map.of("retry-after-ms", "1.5"))).isEqualTo(waitOf(Duration.ofNanos(1_500_000)));
            assertThat(read(Map.of("ratelimit", "limit=1, remaining=0, reset=9")))
                    .isEqualTo(waitOf(Duration.ofSeconds(9)));
            assertThat(read(Map.of("x-should-retry", "FALSE"))).isEqualTo(new DoNotRetry());
            assertThat(read(Map.of("x-ratelimit-reset", "1773576030"))).isEqualTo(waitOf(Duration.ofSeconds(30)));
        } finally {
            Locale.setDefault(localeBefore);
            TimeZone.setDefault(zoneBefore);
        }
    }
}
