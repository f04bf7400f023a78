package dev.respite.idempotency.servlet;

import dev.respite.testsupport.GrowingInput;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A form is read in a time that grows with its length. */
class FormGrowthTest {

    /** The default of {@code HttpGuard.withBodyLimit}. */
    private static final int LARGEST = 1 << 20;

    /** The default of {@code HttpGuard.withParameterLimit}. */
    private static final int MAX_PARAMETERS = 1_000;

    static Stream<GrowingInput<?>> forms() {
        return Stream.of(
                form("parameters", LARGEST, size -> parameters(MAX_PARAMETERS, size / MAX_PARAMETERS)),
                form("short parameters", MAX_PARAMETERS, size -> parameters(size, 8)),
                form("one name", MAX_PARAMETERS, "a=1&"::repeat),
                form("too many parameters", LARGEST / 4, "a=1&"::repeat),
                form("ampersands", LARGEST, "&"::repeat),
                form("escapes", LARGEST / 3, "%41"::repeat),
                form("plus signs", LARGEST, "+"::repeat),
                form("malformed", LARGEST / 3, size -> "%41".repeat(size) + "%zz"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void read_twiceTheForm_allocatesTwiceAsMuch(GrowingInput<?> form) {
        form.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("forms")
    void read_twiceTheForm_takesTwiceAsLong(GrowingInput<?> form) throws Exception {
        form.assertTimeIsLinear();
    }

    private static GrowingInput<byte[]> form(String name, int largest, IntFunction<String> body) {
        return new GrowingInput<>(
                name, largest, size -> body.apply(size).getBytes(StandardCharsets.ISO_8859_1), FormGrowthTest::read);
    }

    private static void read(byte[] body) {
        if (Form.problem(body, "UTF-8", MAX_PARAMETERS).isEmpty()) {
            byte[] unused = Canonical.parameters(Form.parameters(new String(body, StandardCharsets.ISO_8859_1)));
        }
    }

    private static String parameters(int count, int length) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < count; i++) {
            form.append('a').append(i).append('=').append("v".repeat(length)).append('&');
        }
        return form.toString();
    }
}
