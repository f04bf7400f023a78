package dev.respite.http.exchange;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reader of dates in the three forms of HTTP (RFC 9110, section 5.6.7).
 *
 * <pre>
 *   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the one that is written today
 *   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850, obsolete: two digits of a year
 *   Sun Nov  6 08:49:37 1994           asctime, obsolete: no zone, it is GMT
 * </pre>
 *
 * <p>The first form also has days of one digit, as {@code RFC_1123_DATE_TIME} of the JDK writes them, and other names of its zone:
 * {@code UTC}, {@code Z}, {@code +0000} and {@code -0000}.
 *
 * <p>Else it is strict. Names are case-sensitive, as in the grammar. The day's name must be the right one, and the day must exist in
 * its month. The time goes from 00:00:00 to 23:59:60, where second 60, a leap second, is the instant after second 59. Nothing
 * may precede or follow the date, not even white space. The formatters of {@code java.time} depend on a locale and accept more.
 *
 * <p>Pure, and safe for use by any number of threads.
 */
final class HttpDate {

    private static final String MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private static final String TIME = "(?<time>(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60))";
    private static final String SHORT_DAY = "(?<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String LONG_DAY = "(?<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
    private static final String ZONE = "(?:GMT|UTC|Z|[+-]0000)";
    private static final List<Pattern> FORMS = List.of(
            Pattern.compile(SHORT_DAY + ", (?<day>[0-9]{1,2}) " + MONTH + " (?<year>[0-9]{4}) " + TIME + " " + ZONE),
            Pattern.compile(LONG_DAY + ", (?<day>[0-9]{2})-" + MONTH + "-(?<year>[0-9]{2}) " + TIME + " GMT"),
            Pattern.compile(SHORT_DAY + " " + MONTH + " (?<day>[0-9]{2}| [0-9]) " + TIME + " (?<year>[0-9]{4})"));
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static final Instant LATEST_NOW = Instant.parse("9999-12-31T23:59:59Z");

    private HttpDate() {}

    /**
     * Reads a date; never throws.
     *
     * @param text the date and nothing else: the caller has trimmed the white space around it
     * @param now the present, for the two-digit year of RFC 850: of the years that end in these digits it is the latest
     *     that does not put the date more than 50 years into the future
     * @return the instant, in whole seconds, or empty if the text is not a date
     */
    static Optional<Instant> parse(String text, Instant now) {
        return FORMS.stream()
                .map(form -> form.matcher(text))
                .filter(Matcher::matches)
                .findFirst()
                .flatMap(date -> instant(date, now));
    }

    private static Optional<Instant> instant(Matcher date, Instant now) {
        int month = MONTHS.indexOf(date.group("month")) + 1;
        int day = Integer.parseInt(date.group("day").trim());
        String time = date.group("time");
        long seconds = (day - 1) * 86_400L + number(time, 0) * 3600L + number(time, 3) * 60L + number(time, 6);
        int year = Integer.parseInt(date.group("year"));
        if (date.group("year").length() == 2) {
            year = inCentury(year, month, seconds, now);
        }
        try {
            String weekday = LocalDate.of(year, month, day).getDayOfWeek().name();
            return weekday.regionMatches(true, 0, date.group("weekday"), 0, 3)
                    ? Optional.of(instant(year, month, seconds))
                    : Optional.empty();
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    /** Returns the latest year with these two digits in which the date is at most 50 years from now. */
    private static int inCentury(int digits, int month, long seconds, Instant now) {
        Instant useful = now.isBefore(Instant.EPOCH) ? Instant.EPOCH : now.isAfter(LATEST_NOW) ? LATEST_NOW : now;
        OffsetDateTime limit = useful.atOffset(ZoneOffset.UTC).plusYears(50);
        int year = limit.getYear() - Math.floorMod(limit.getYear() - digits, 100);
        return instant(year, month, seconds).isAfter(limit.toInstant()) ? year - 100 : year;
    }

    /** Returns the instant so many seconds after the beginning of a month. */
    private static Instant instant(int year, int month, long seconds) {
        return LocalDate.of(year, month, 1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC)
                .plusSeconds(seconds);
    }

    private static int number(String time, int index) {
        return Integer.parseInt(time.substring(index, index + 2));
    }
}
