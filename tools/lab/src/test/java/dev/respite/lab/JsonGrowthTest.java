package dev.respite.lab;

import dev.respite.testsupport.GrowingInput;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON is read in a time that grows with its length. */
class JsonGrowthTest {

    private static final int LARGEST = 256 * 1024;

    static Stream<GrowingInput<?>> texts() {
        return Stream.of(
                text("elements", size -> "[" + "1,".repeat(size / 2) + "1]"),
                text("members", size -> "{" + "\"a\":{},".repeat(size / 7) + "\"a\":1}"),
                text("string", size -> "\"" + "\\\"".repeat(size / 2) + "\""),
                text("number", "1"::repeat),
                text("levels", "["::repeat),
                text("other", "x"::repeat));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void read_twiceTheText_allocatesTwiceAsMuch(GrowingInput<?> text) {
        text.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("texts")
    void read_twiceTheText_takesTwiceAsLong(GrowingInput<?> text) throws Exception {
        text.assertTimeIsLinear();
    }

    private static GrowingInput<String> text(String name, IntFunction<String> input) {
        return new GrowingInput<>(name, LARGEST, input, JsonReader::read);
    }
}
