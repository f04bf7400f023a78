package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** The reader against big arithmetic, and against what no server should send. */
@Tag("cases")
class HintReaderPropertyTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final BigInteger MAX_NANOS = BigInteger.valueOf(Long.MAX_VALUE);
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final List<String> NAMES = List.of(
            "x-should-retry",
            "stripe-should-retry",
            "respite-refused",
            "retry-after-ms",
            "x-ms-retry-after-ms",
            "x-amz-retry-after",
            "retry-after",
            "ratelimit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "date");

    private static ServerHint read(int status, Map<String, List<String>> headers) {
        return HintReader.read(status, name -> headers.getOrDefault(name, List.of()), WALL_TIME);
    }

    private static ServerHint waitOf(BigInteger nanos) {
        return new MayRetry(
                false, Optional.of(Duration.ofNanos(nanos.min(MAX_NANOS).longValueExact())));
    }

    @Property
    void read_digits_areWhatBigIntegerSays(@ForAll @NumericChars @StringLength(min = 1, max = 40) String digits) {
        BigInteger number = new BigInteger(digits);
        BigInteger asSeconds = number.multiply(BigInteger.valueOf(1_000_000_000));
        BigInteger asMillis = number.multiply(BigInteger.valueOf(1_000_000));

        assertThat(read(503, Map.of("retry-after", List.of(digits)))).isEqualTo(waitOf(asSeconds));
        assertThat(read(503, Map.of("ratelimit", List.of("\"a\";r=0;t=" + digits))))
                .isEqualTo(digits.length() <= 15 ? waitOf(asSeconds) : ServerHint.NONE);
        assertThat(read(503, Map.of("x-amz-retry-after", List.of(digits)))).isEqualTo(waitOf(asMillis));
        assertThat(read(503, Map.of("retry-after-ms", List.of(digits)))).isEqualTo(waitOf(asMillis));
    }

    @Property
    void read_numberWithFraction_isRoundedUpAsBigDecimalDoes(
            @ForAll @NumericChars @StringLength(min = 1, max = 20) String whole,
            @ForAll @NumericChars @StringLength(min = 1, max = 20) String fraction) {
        String text = whole + "." + fraction;
        BigInteger nanos = new BigDecimal(text)
                .movePointRight(6)
                .setScale(0, RoundingMode.CEILING)
                .toBigInteger();

        assertThat(read(503, Map.of("retry-after-ms", List.of(text)))).isEqualTo(waitOf(nanos));

        BigInteger nanosOfSeconds = new BigDecimal(text)
                .movePointRight(9)
                .setScale(0, RoundingMode.CEILING)
                .toBigInteger();
        assertThat(read(503, Map.of("retry-after", List.of(text)))).isEqualTo(waitOf(nanosOfSeconds));
    }

    @Property
    void read_date_isMeasuredAgainstADateWithinADay(
            @ForAll @LongRange(min = -100_000, max = 1_000_000) long until,
            @ForAll @IntRange(min = -100_000, max = 100_000) int clockError) {
        String retryAfter = IMF_FIXDATE.format(WALL_TIME.plusSeconds(until));
        String date = IMF_FIXDATE.format(WALL_TIME.plusSeconds(clockError));

        long seconds = Math.max(0, Math.abs(clockError) <= 86_400 ? until - clockError : until);
        assertThat(read(503, Map.of("retry-after", List.of(retryAfter), "date", List.of(date))))
                .isEqualTo(waitOf(BigInteger.valueOf(seconds).multiply(BigInteger.valueOf(1_000_000_000))));
    }

    @Property
    void read_anything_neverThrowsNorNamesAWaitOutOfRange(
            @ForAll int status,
            @ForAll("lines") List<String> lines,
            @ForAll @Size(15) List<@IntRange(min = 0, max = 5) Integer> places,
            @ForAll @LongRange long wallSecond) {
        Instant wallTime = Instant.ofEpochSecond(wallSecond % Instant.MAX.getEpochSecond());

        for (int some : new int[] {status, 403, 429, 503}) {
            ServerHint hint = HintReader.read(
                    some, name -> lines.subList(0, Math.min(lines.size(), places.get(NAMES.indexOf(name)))), wallTime);
            if (hint instanceof MayRetry mayRetry) {
                mayRetry.notBefore()
                        .ifPresent(wait -> assertThat(wait).isBetween(Duration.ZERO, Duration.ofNanos(Long.MAX_VALUE)));
            }
        }
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> hints = Arbitraries.of(
                        "true",
                        "false",
                        "0",
                        "120",
                        "1500.5",
                        "6m0s",
                        "20ms",
                        "1773576030",
                        "99999999999999999999",
                        "\"a\"",
                        ";",
                        ",",
                        "=",
                        "r=0",
                        "t=30",
                        "remaining=0",
                        "reset=30",
                        ":",
                        "\\",
                        "\"",
                        " ",
                        "\t",
                        "\u0000",
                        "Sun, ",
                        "15 Mar 2026 12:00:30 GMT",
                        "Sunday, 15-Mar-26 12:00:30 GMT",
                        "Sun Mar 15 12:00:30 2026")
                .list()
                .ofMaxSize(10)
                .map(parts -> String.join("", parts));
        return Arbitraries.oneOf(hints, Arbitraries.strings().ofMaxLength(40))
                .list()
                .ofMaxSize(5);
    }
}
