package dev.respite.http.exchange;

import dev.respite.testsupport.GrowingInput;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hints of a hostile server are read in a time that grows with the length of its header. */
class HintGrowthTest {

    /** The limit of the JDK's client for all header fields of a response, in characters. */
    private static final int LARGEST = 384 * 1024;

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    private static final String DATE = "Sun, 15 Mar 2026 12:00:30 GMT";

    static Stream<GrowingInput<?>> hints() {
        return Stream.of(
                lines(
                        "dates",
                        size -> Map.of(
                                "retry-after",
                                times(size / 2, DATE),
                                "date",
                                times(size / 2, "Sun, 15 Mar 2020 12:00:30 GMT"))),
                lines(
                        "epoch seconds",
                        size -> Map.of(
                                "x-ratelimit-reset", times(size / 2, "1773576030"), "date", times(size / 2, "Sun"))),
                lines("seconds", size -> Map.of("retry-after", times(size, "120"))),
                line("digits", "retry-after", "1"::repeat),
                line("blanks", "retry-after", " "::repeat),
                line("fraction", "retry-after", size -> "1." + "1".repeat(size)),
                line("duration", "x-ratelimit-reset-requests", size -> "1".repeat(size) + "s"),
                line("hours", "x-ratelimit-reset-requests", size -> "1h".repeat(size / 2)),
                line("members", "ratelimit", size -> "\"a\";r=0;t=30,".repeat(size / 13)),
                line("parameters", "ratelimit", size -> "a" + ";r=0".repeat(size / 4)),
                line("names", "ratelimit", HintGrowthTest::numbered),
                line("string", "ratelimit", size -> "\"" + "\\\"".repeat(size / 2)),
                line("bytes", "ratelimit", size -> "a=:" + "a".repeat(size)),
                line("padding", "ratelimit", size -> "a;x=:" + "abcd".repeat(size / 4) + "=:"),
                line("inner list", "ratelimit", size -> "(" + "a;r=0 ".repeat(size / 6) + ")"),
                line("open inner lists", "ratelimit", "("::repeat),
                line("display string", "ratelimit", size -> "a;x=%\"" + "%e2%82%ac".repeat(size / 9) + "\""),
                line("numbers", "ratelimit", size -> "1.5,".repeat(size / 4) + "1"),
                line("comma", "ratelimit", size -> "a" + " ,".repeat(size / 2)),
                new GrowingInput<>(
                        "date", LARGEST, size -> DATE + " ".repeat(size), date -> HttpDate.parse(date, WALL_TIME)),
                new GrowingInput<>("days", LARGEST, "Sun"::repeat, date -> HttpDate.parse(date, WALL_TIME)));
    }

    @ParameterizedTest
    @MethodSource("hints")
    void read_twiceTheHeader_allocatesTwiceAsMuch(GrowingInput<?> hint) {
        hint.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("hints")
    void read_twiceTheHeader_takesTwiceAsLong(GrowingInput<?> hint) throws Exception {
        hint.assertTimeIsLinear();
    }

    private static GrowingInput<Map<String, List<String>>> line(String name, String field, IntFunction<String> value) {
        return lines(name, size -> Map.of(field, List.of(value.apply(size))));
    }

    private static GrowingInput<Map<String, List<String>>> lines(
            String name, IntFunction<Map<String, List<String>>> headers) {
        return new GrowingInput<>(name, LARGEST, headers, fields -> {
            ServerHint unused = HintReader.read(429, field -> fields.getOrDefault(field, List.of()), WALL_TIME);
        });
    }

    private static List<String> times(int size, String value) {
        return Collections.nCopies(size / value.length(), value);
    }

    private static String numbered(int size) {
        StringBuilder text = new StringBuilder("a=1");
        for (int i = 0; text.length() < size; i++) {
            text.append(",a").append(i).append("=1");
        }
        return text.toString();
    }
}
