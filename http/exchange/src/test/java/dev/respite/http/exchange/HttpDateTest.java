package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The three forms, their limits, and what comes close to a date without being one. */
class HttpDateTest {

    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 06 Nov 1994 08:49:37 GMT   | 1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-94 08:49:37 GMT  | 1994-11-06T08:49:37Z",
                "Sun Nov  6 08:49:37 1994        | 1994-11-06T08:49:37Z",
                "Sun Nov 06 08:49:37 1994        | 1994-11-06T08:49:37Z",
                "Wed Nov 16 08:49:37 1994        | 1994-11-16T08:49:37Z",
                "Thu, 01 Jan 1970 00:00:00 GMT   | 1970-01-01T00:00:00Z",
                "Wed, 31 Dec 1969 23:59:59 GMT   | 1969-12-31T23:59:59Z",
                "Fri, 31 Dec 9999 23:59:59 GMT   | 9999-12-31T23:59:59Z",
                "Sat, 01 Jan 0000 00:00:00 GMT   | 0000-01-01T00:00:00Z",
            })
    void parse_dateOfAnyForm_isTheInstant(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
    }

    /** RFC 1123, which the JDK's formatter writes, has days of one digit; RFC 5322 has numeric zones. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 6 Nov 1994 08:49:37 GMT   | 1994-11-06T08:49:37Z",
                "Tue, 1 Dec 2026 00:00:00 GMT   | 2026-12-01T00:00:00Z",
                "Sat, 9 May 2026 23:59:59 UTC   | 2026-05-09T23:59:59Z",
                "Sun, 06 Nov 1994 08:49:37 UTC   | 1994-11-06T08:49:37Z",
                "Sun, 06 Nov 1994 08:49:37 Z     | 1994-11-06T08:49:37Z",
                "Sun, 06 Nov 1994 08:49:37 +0000 | 1994-11-06T08:49:37Z",
                "Sun, 06 Nov 1994 08:49:37 -0000 | 1994-11-06T08:49:37Z",
            })
    void parse_dayOfOneDigitOrOtherNameOfTheZone_isTheInstant(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mon, 05 Jan 2026 00:00:00 GMT | 2026-01-05T00:00:00Z",
                "Tue, 03 Feb 2026 00:00:00 GMT | 2026-02-03T00:00:00Z",
                "Wed, 04 Mar 2026 00:00:00 GMT | 2026-03-04T00:00:00Z",
                "Thu, 02 Apr 2026 00:00:00 GMT | 2026-04-02T00:00:00Z",
                "Fri, 01 May 2026 00:00:00 GMT | 2026-05-01T00:00:00Z",
                "Sat, 06 Jun 2026 00:00:00 GMT | 2026-06-06T00:00:00Z",
                "Sun, 05 Jul 2026 00:00:00 GMT | 2026-07-05T00:00:00Z",
                "Monday, 03-Aug-26 00:00:00 GMT | 2026-08-03T00:00:00Z",
                "Tuesday, 01-Sep-26 00:00:00 GMT | 2026-09-01T00:00:00Z",
                "Wednesday, 07-Oct-26 00:00:00 GMT | 2026-10-07T00:00:00Z",
                "Thursday, 05-Nov-26 00:00:00 GMT | 2026-11-05T00:00:00Z",
                "Friday, 04-Dec-26 00:00:00 GMT | 2026-12-04T00:00:00Z",
                "Saturday, 05-Dec-26 00:00:00 GMT | 2026-12-05T00:00:00Z",
                "Sunday, 06-Dec-26 00:00:00 GMT | 2026-12-06T00:00:00Z",
            })
    void parse_eachNameOfDayAndMonth_isKnown(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Thu, 29 Feb 2024 00:00:00 GMT | 2024-02-29T00:00:00Z",
                "Tue, 29 Feb 2000 00:00:00 GMT | 2000-02-29T00:00:00Z",
                "Tue, 30 Jun 2026 00:00:00 GMT | 2026-06-30T00:00:00Z",
                "Tue, 31 Mar 2026 00:00:00 GMT | 2026-03-31T00:00:00Z",
                "Sun, 15 Mar 2026 23:59:59 GMT | 2026-03-15T23:59:59Z",
            })
    void parse_lastOfItsKind_isTheInstant(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 29 Feb 2026 00:00:00 GMT", // would be the 1st of March, a Sunday
                "Mon, 29 Feb 1900 00:00:00 GMT",
                "Thu, 29 Feb 1900 00:00:00 GMT",
                "Wed, 31 Jun 2026 00:00:00 GMT",
                "Wed, 32 Mar 2026 00:00:00 GMT",
                "Sat, 00 Mar 2026 00:00:00 GMT",
                "Sat, 0 Mar 2026 00:00:00 GMT",
                "Sat Mar  0 00:00:00 2026",
                "Sun, 15 Mar 2026 24:00:00 GMT",
                "Sun, 15 Mar 2026 23:60:00 GMT",
                "Sun, 15 Mar 2026 23:59:61 GMT",
                "Sun, 99 Mar 2026 99:99:99 GMT",
            })
    void parse_dayOrTimeThatDoesNotExist_isEmpty(String text) {
        assertThat(HttpDate.parse(text, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sat, 31 Dec 2016 23:59:60 GMT | 2017-01-01T00:00:00Z",
                "Saturday, 31-Dec-16 23:59:60 GMT | 2017-01-01T00:00:00Z",
                "Sat Dec 31 23:59:60 2016 | 2017-01-01T00:00:00Z",
                "Sun, 15 Mar 2026 12:00:60 GMT | 2026-03-15T12:01:00Z",
            })
    void parse_leapSecond_isTheInstantThatFollows(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "GMT",
                "Mon, 06 Nov 1994 08:49:37 GMT", // it was a Sunday
                "Monday, 06-Nov-94 08:49:37 GMT",
                "Mon Nov  6 08:49:37 1994",
                "Xxx, 06 Nov 1994 08:49:37 GMT",
                "Xxxday, 06-Nov-94 08:49:37 GMT",
                "Sun, 06-Nov-94 08:49:37 GMT", // a short name belongs to the other forms
                "Sunday, 06 Nov 1994 08:49:37 GMT",
                "Sunday Nov  6 08:49:37 1994",
                ", 06-Nov-94 08:49:37 GMT",
                "sun, 06 Nov 1994 08:49:37 GMT",
                "SUN, 06 NOV 1994 08:49:37 GMT",
                "Sun, 06 nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "Sun, 06 Nov 1994 08:49:37 utc",
                "Sun, 06 Nov 1994 08:49:37 z",
                "Sun, 06 Nov 1994 08:49:37 UT",
                "Sun, 06 Nov 1994 08:49:37 EST",
                "Sun, 06 Nov 1994 08:49:37 0000",
                "Sun, 06 Nov 1994 08:49:37 +00:00",
                "Sun, 06 Nov 1994 08:49:37 +0100",
                "Sun, 06 Nov 1994 08:49:37 -0001",
                "Sun, 06 Nov 1994 08:49:37 \u22120000", // a minus sign that is not ASCII
                "Sun, 06 Nov 1994 08:49:37 GMT+0000",
                "Sun, 06 Nov 1994 08:49:37GMT",
                "Sun, 06 Nov 1994 08:49:37  GMT",
                "Sunday, 06-Nov-94 08:49:37 UTC",
                "Sunday, 6-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 UTC 1994",
                "Sun, 06 Nov 1994 08:49:37 GMT ",
                " Sun, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMTx",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 006 Nov 1994 08:49:37 GMT",
                "Sun, Nov 1994 08:49:37 GMT",
                "Sun,6 Nov 1994 08:49:37 GMT",
                "Sun,  6 Nov 1994 08:49:37 GMT",
                "Sunday,  6-Nov-94 08:49:37 GMT",
                "Sun Nov 6 08:49:37 1994",
                "Sun Nov  6 08:49:37 1994 GMT",
                "Sun Nov 6  08:49:37 1994",
                "Sun Xxx  6 08:49:37 1994",
                "Sun, 06 Xxx 1994 08:49:37 GMT",
                "Sunday, 06-Xxx-94 08:49:37 GMT",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06 Nov 19940 08:49:37 GMT",
                "Sun, 06 Nov +994 08:49:37 GMT",
                "Sun, 06 Nov -001 08:49:37 GMT",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun, 06 Nov 1994 08-49-37 GMT",
                "Sun, 06 Nov 1994 08:49 GMT",
                "Sun, 06 Nov 1994 /8:49:37 GMT", // the characters beside 0 and 9
                "Sun, 06 Nov 1994 0::49:37 GMT",
                "Sun, 0٦ Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov १९९४ 08:49:37 GMT",
                "1994-11-06T08:49:37Z",
                "784111777",
            })
    void parse_whatIsNotADate_isEmpty(String text) {
        assertThat(HttpDate.parse(text, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // At most 50 years from now ...
                "Sunday, 15-Mar-76 12:00:00 GMT | 2026-03-15T12:00:00Z | 2076-03-15T12:00:00Z",
                "Sunday, 15-Mar-76 11:59:60 GMT | 2026-03-15T12:00:00Z | 2076-03-15T12:00:00Z",
                "Sunday, 15-Mar-76 12:00:01 GMT | 2026-03-15T12:00:01Z | 2076-03-15T12:00:01Z",
                "Tuesday, 31-Dec-75 23:59:59 GMT | 2026-03-15T12:00:00Z | 2075-12-31T23:59:59Z",
                // ... and more than that, which is the past.
                "Monday, 15-Mar-76 12:00:01 GMT | 2026-03-15T12:00:00Z | 1976-03-15T12:00:01Z",
                "Tuesday, 16-Mar-76 00:00:00 GMT | 2026-03-15T12:00:00Z | 1976-03-16T00:00:00Z",
                "Saturday, 01-Jan-77 00:00:00 GMT | 2026-03-15T12:00:00Z | 1977-01-01T00:00:00Z",
                "Friday, 31-Dec-99 23:59:59 GMT | 2026-03-15T12:00:00Z | 1999-12-31T23:59:59Z",
                // The turn of a century, in both directions.
                "Saturday, 01-Jan-00 00:00:00 GMT | 1999-12-31T23:59:59Z | 2000-01-01T00:00:00Z",
                "Friday, 31-Dec-99 23:59:59 GMT | 2000-01-01T00:00:00Z | 1999-12-31T23:59:59Z",
                "Friday, 01-Jan-00 00:00:00 GMT | 2099-12-31T23:59:59Z | 2100-01-01T00:00:00Z",
                // A leap day whose year depends on the present.
                "Tuesday, 29-Feb-00 00:00:00 GMT | 2026-03-15T12:00:00Z | 2000-02-29T00:00:00Z",
                "Saturday, 29-Feb-76 00:00:00 GMT | 2026-03-01T00:00:00Z | 2076-02-29T00:00:00Z",
            })
    void parse_twoDigitYear_isAtMostFiftyYearsAhead(String text, Instant now, Instant expected) {
        assertThat(HttpDate.parse(text, now)).contains(expected);
    }

    @Test
    void parse_twoDigitYearFiftyYearsAndANanosecondAhead_isThePast() {
        Instant now = Instant.parse("2026-03-15T11:59:59.999999999Z");

        assertThat(HttpDate.parse("Sunday, 15-Mar-76 12:00:00 GMT", now)).isEmpty();
        assertThat(HttpDate.parse("Monday, 15-Mar-76 12:00:00 GMT", now))
                .contains(Instant.parse("1976-03-15T12:00:00Z"));
    }

    @Test
    void parse_leapDayOfAYearWithoutOne_isEmpty() {
        Instant now = Instant.parse("2060-01-01T00:00:00Z");

        assertThat(HttpDate.parse("Tuesday, 29-Feb-00 00:00:00 GMT", now)).isEmpty(); // 2100
        assertThat(HttpDate.parse("Monday, 29-Feb-00 00:00:00 GMT", now)).isEmpty(); // 1 March 2100 is a Monday
    }

    @Test
    void parse_presentAtTheEndsOfTime_isTakenAsTheNearestUsefulOne() {
        assertThat(HttpDate.parse("Thursday, 01-Jan-70 00:00:00 GMT", Instant.MIN))
                .contains(Instant.EPOCH);
        assertThat(HttpDate.parse("Wednesday, 01-Jan-20 00:00:00 GMT", Instant.MIN))
                .as("1 January 2020 is exactly 50 years from 1970")
                .contains(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(HttpDate.parse("Thursday, 01-Jan-20 00:00:01 GMT", Instant.MIN))
                .contains(Instant.parse("1920-01-01T00:00:01Z"));
        assertThat(HttpDate.parse("Friday, 31-Dec-99 00:00:00 GMT", Instant.MAX))
                .contains(Instant.parse("9999-12-31T00:00:00Z"));
        assertThat(HttpDate.parse("Friday, 31-Dec-49 23:59:59 GMT", Instant.MAX))
                .contains(Instant.parse("+10049-12-31T23:59:59Z"));
    }
}
