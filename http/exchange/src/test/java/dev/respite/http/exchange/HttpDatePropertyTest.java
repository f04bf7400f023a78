package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.LongRange;

/** The parser against an independent formatter, and against texts that are almost dates. */
@Tag("cases")
class HttpDatePropertyTest {

    private static final long LAST_SECOND = 253_402_300_799L; // of the year 9999
    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");
    private static final DateTimeFormatter IMF_FIXDATE = formatter("EEE, dd MMM yyyy HH:mm:ss 'GMT'");
    private static final DateTimeFormatter RFC_850 = formatter("EEEE, dd-MMM-yy HH:mm:ss 'GMT'");
    private static final DateTimeFormatter ASCTIME = formatter("EEE MMM ppd HH:mm:ss yyyy");

    private static final DateTimeFormatter RFC_1123_DATE_TIME =
            DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    @Property
    void parse_instantInAnyForm_comesBack(@ForAll @LongRange(min = 0, max = LAST_SECOND) long second) {
        Instant instant = Instant.ofEpochSecond(second);

        assertThat(HttpDate.parse(IMF_FIXDATE.format(instant), NOW)).contains(instant);
        assertThat(HttpDate.parse(ASCTIME.format(instant), NOW)).contains(instant);
        assertThat(HttpDate.parse(RFC_850.format(instant), instant)).contains(instant);
    }

    @Property
    void parse_twoDigitYear_isTheLatestOfItsKindWithinFiftyYears(
            @ForAll @LongRange(min = 0, max = LAST_SECOND) long nowSecond,
            @ForAll @LongRange(min = -49L * 366 * 86_400, max = 49L * 365 * 86_400) long distance) {
        Instant now = Instant.ofEpochSecond(nowSecond);
        Instant instant = now.plusSeconds(distance);

        assertThat(HttpDate.parse(RFC_850.format(instant), now)).contains(instant);
    }

    @Property
    void parse_mutatedImfFixdate_isRefusedOrMeansWhatItSays(@ForAll("mutatedDates") String text) {
        Optional<Instant> parsed = HttpDate.parse(text, NOW);

        // Second 60 is a text that no formatter writes; asctime and RFC 850 are a mutation too far.
        if (parsed.isPresent() && !text.contains(":60 ")) {
            assertThat(text).isIn(IMF_FIXDATE.format(parsed.get()), RFC_1123_DATE_TIME.format(parsed.get()));
        }
    }

    @Property
    void parse_whatTheFormatterOfTheJdkWrites_comesBack(@ForAll @LongRange(min = 0, max = LAST_SECOND) long second) {
        Instant instant = Instant.ofEpochSecond(second);
        String written = RFC_1123_DATE_TIME.format(instant);

        assertThat(HttpDate.parse(written, NOW)).contains(instant);
        assertThat(HttpDate.parse(written.replace("GMT", "+0000"), NOW)).contains(instant);
    }

    @Property
    void parse_anyText_neverThrows(@ForAll String text, @ForAll @LongRange long nowSecond) {
        Instant now = Instant.ofEpochSecond(nowSecond % Instant.MAX.getEpochSecond());

        assertThatCode(() -> HttpDate.parse(text, now)).doesNotThrowAnyException();
    }

    @Property
    void parse_textOfTheCharactersOfDates_neverThrows(@ForAll("dateLikeTexts") String text) {
        assertThatCode(() -> HttpDate.parse(text, NOW)).doesNotThrowAnyException();
    }

    @Provide
    Arbitrary<String> mutatedDates() {
        Arbitrary<String> dates = Arbitraries.longs()
                .between(0, LAST_SECOND)
                .map(second -> IMF_FIXDATE.format(Instant.ofEpochSecond(second)));
        Arbitrary<Character> letters = Arbitraries.chars()
                .with("0123456789 ,:-+GMTSunMonJanFeb٣९\t\u0000".toCharArray())
                .ascii();
        Arbitrary<Integer> kinds = Arbitraries.integers().between(0, 3);
        return Combinators.combine(dates, Arbitraries.integers().between(0, 28), letters, kinds)
                .as(HttpDatePropertyTest::mutated);
    }

    private static String mutated(String date, int place, char letter, int kind) {
        String before = date.substring(0, place);
        return switch (kind) {
            case 0 -> before + date.substring(place + 1);
            case 1 -> before + letter + date.substring(place);
            case 2 -> before + date.charAt(place) + date.substring(place);
            default -> before + letter + date.substring(place + 1);
        };
    }

    @Provide
    Arbitrary<String> dateLikeTexts() {
        return Arbitraries.of("Sun", "Monday", "Nov", "Feb", ", ", "-", " ", ":", "GMT", "0", "29", "60", "1994")
                .list()
                .ofMaxSize(14)
                .map(parts -> String.join("", parts));
    }
}
