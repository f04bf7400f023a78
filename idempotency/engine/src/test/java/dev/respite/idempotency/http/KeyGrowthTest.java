package dev.respite.idempotency.http;

import dev.respite.testsupport.GrowingInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The server reads the input of a hostile client in a time that is linear in its length. */
class KeyGrowthTest {

    /** Containers limit all header fields of a request to 8 KiB by default; many are configured to more. */
    private static final int LARGEST = 64 * 1024;

    static Stream<GrowingInput<?>> requests() {
        return Stream.of(
                key("bare", "k"::repeat),
                key("blanks", " "::repeat),
                key("quoted", size -> '"' + "k".repeat(size) + '"'),
                key("backslashes", size -> '"' + "\\\"".repeat(size / 2)),
                key("parameters", size -> "\"k\"" + ";a=1".repeat(size / 4)),
                key("string of a parameter", size -> "\"k\";a=\"" + "\\\"".repeat(size / 2)),
                path("path", "/lines/%37"),
                path("escapes", "%2f"),
                path("percent signs", "%"),
                new GrowingInput<>(
                        "media type",
                        LARGEST,
                        size -> head("/", Map.of("Content-Type", List.of(" ;".repeat(size / 2)))),
                        KeyGrowthTest::fingerprint));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void read_twiceTheText_allocatesTwiceAsMuch(GrowingInput<?> request) {
        request.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("requests")
    void read_twiceTheText_takesTwiceAsLong(GrowingInput<?> request) throws Exception {
        request.assertTimeIsLinear();
    }

    private static GrowingInput<List<String>> key(String name, IntFunction<String> line) {
        Consumer<List<String>> parser = lines -> KeyField.parse(lines, true);
        return new GrowingInput<>(name, LARGEST, size -> List.of(line.apply(size)), parser);
    }

    private static GrowingInput<HttpHead> path(String name, String segment) {
        return new GrowingInput<>(
                name,
                LARGEST,
                size -> head(segment.repeat(size / segment.length()), Map.of()),
                KeyGrowthTest::fingerprint);
    }

    private static HttpHead head(String path, Map<String, List<String>> headers) {
        return new HttpHead("POST", path, Optional.of(path), name -> headers.getOrDefault(name, List.of()));
    }

    private static void fingerprint(HttpHead head) {
        var unused = Fingerprints.ofAllAndMediaType().compute(head, new byte[0]);
    }
}
