package dev.respite.http.exchange;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * A date in one of the three forms of HTTP (RFC 9110, section 5.6.7), read strictly and without its year.
 *
 * <pre>
 *   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the one that is written today
 *   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850, obsolete: two digits of a year
 *   Sun Nov  6 08:49:37 1994           asctime, obsolete: no zone, it is GMT
 * </pre>
 *
 * <p>Read by hand, character by character. The formatters of {@code java.time} depend on a locale, take {@code gmt},
 * non-ASCII digits or the year 100000, and know neither of the obsolete forms. Here names are case-sensitive, as in the
 * grammar; the day's name must be the right one; the day must exist in its month; the time goes from 00:00:00 to
 * 23:59:60, where second 60, a leap second, is the instant that follows second 59. Nothing may stand before or after the
 * date, not even white space.
 *
 * <p>Pure, immutable and safe for use by any number of threads.
 */
final class HttpDate {

    // In a shape, '?' is any character and '#' an ASCII digit; any other character is itself.
    private static final String IMF_FIXDATE = "???, ## ??? #### ##:##:## GMT";
    private static final String RFC_850_AFTER_DAY_NAME = ", ##-???-## ##:##:## GMT";
    private static final String ASCTIME = "??? ??? ## ##:##:## ####";
    private static final String ASCTIME_PADDED = "??? ???  # ##:##:## ####";

    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> LONG_DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static final Instant LATEST_NOW = Instant.parse("9999-12-31T23:59:59Z");
    private static final int SECONDS_OF_A_DAY = 86_400;

    /** From 1, Monday, to 7, or 0 for a name that is none. */
    private final int weekday;
    /** From 1 to 12, or 0 for a name that is none. */
    private final int month;
    /** From 0 to 99: whether the month has it depends on the year. */
    private final int day;

    private final int hour;
    private final int minute;
    private final int second;

    private HttpDate(int dayName, String month, int day, String clock) {
        this.weekday = dayName + 1;
        this.month = MONTHS.indexOf(month) + 1;
        this.day = day;
        this.hour = number(clock, 0, 2);
        this.minute = number(clock, 3, 5);
        this.second = number(clock, 6, 8);
    }

    /**
     * Reads a date; never throws.
     *
     * @param text the date and nothing else: the caller has trimmed the white space around it
     * @param now the present, for the two-digit year of RFC 850: of the years that end in these digits it is the latest
     *     that does not put the date more than 50 years into the future
     * @return the instant, in whole seconds, or empty if the text is not a date
     */
    static Optional<Instant> parse(String text, Instant now) {
        if (fits(IMF_FIXDATE, text)) {
            int dayName = DAYS.indexOf(text.substring(0, 3));
            return new HttpDate(dayName, text.substring(8, 11), number(text, 5, 7), text.substring(17, 25))
                    .in(number(text, 12, 16));
        }
        if (fits(ASCTIME, text) || fits(ASCTIME_PADDED, text)) {
            int dayName = DAYS.indexOf(text.substring(0, 3));
            return new HttpDate(dayName, text.substring(4, 7), number(text, 8, 10), text.substring(11, 19))
                    .in(number(text, 20, 24));
        }
        int comma = Math.max(text.indexOf(','), 0);
        String rest = text.substring(comma);
        if (fits(RFC_850_AFTER_DAY_NAME, rest)) {
            int dayName = LONG_DAYS.indexOf(text.substring(0, comma));
            return new HttpDate(dayName, rest.substring(5, 8), number(rest, 2, 4), rest.substring(12, 20))
                    .inYearOfCentury(number(rest, 9, 11), now);
        }
        return Optional.empty();
    }

    /** The latest date with these digits of a year that is at most 50 years from now. */
    private Optional<Instant> inYearOfCentury(int digits, Instant now) {
        if (month == 0) {
            return Optional.empty();
        }
        OffsetDateTime limit =
                within(Instant.EPOCH, now, LATEST_NOW).atOffset(ZoneOffset.UTC).plusYears(50);
        int year = limit.getYear() - Math.floorMod(limit.getYear() - digits, 100);
        return at(year).isAfter(limit.toInstant()) ? in(year - 100) : in(year);
    }

    /** The date in this year, if there is such a date, such a time, and the day has the right name. */
    private Optional<Instant> in(int year) {
        if (month == 0 || hour > 23 || minute > 59 || second > 60) {
            return Optional.empty();
        }
        LocalDate first = LocalDate.of(year, month, 1);
        if (day < 1 || day > first.lengthOfMonth()) {
            return Optional.empty();
        }
        if (first.withDayOfMonth(day).getDayOfWeek().getValue() != weekday) {
            return Optional.empty();
        }
        return Optional.of(at(year));
    }

    /** The instant, counted from the first of the month, so that the 31st of February is the 3rd of March. */
    private Instant at(int year) {
        long epochDay = LocalDate.of(year, month, 1).toEpochDay() + day - 1;
        return Instant.ofEpochSecond(epochDay * SECONDS_OF_A_DAY + hour * 3600L + minute * 60L + second);
    }

    private static Instant within(Instant least, Instant instant, Instant most) {
        if (instant.isBefore(least)) {
            return least;
        }
        return instant.isAfter(most) ? most : instant;
    }

    private static boolean fits(String shape, String text) {
        if (text.length() != shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            char wanted = shape.charAt(i);
            char found = text.charAt(i);
            boolean fits = wanted == '?' || (wanted == '#' ? found >= '0' && found <= '9' : found == wanted);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** The number that these characters write: digits, or the space that pads the day of asctime. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) == ' ' ? 0 : text.charAt(i) - '0';
            number = number * 10 + digit;
        }
        return number;
    }
}
