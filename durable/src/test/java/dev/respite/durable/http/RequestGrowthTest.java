package dev.respite.durable.http;

import dev.respite.testsupport.GrowingInput;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stored request is read and checked in a time that grows with its length. */
class RequestGrowthTest {

    /** The default of {@code DurableTask.withMaxDataBytes}. */
    private static final int LARGEST = 256 * 1024;

    /** The most header fields. */
    private static final int MAX_FIELDS = 100;

    private static final String LINE = "PUT https://api.example.com/a";

    private static final OutboundRules RULES = new OutboundRules(Optional.empty(), Map.of(), Optional.empty(), Set.of())
            .withOrigin(URI.create("https://api.example.com"), OutboundRules.NO_PREPARATION);

    static Stream<GrowingInput<?>> requests() {
        return Stream.of(
                stored("fields", MAX_FIELDS, size -> LINE + "\n" + fields(size) + "\n"),
                stored("too many fields", LARGEST / 16, size -> LINE + "\n" + fields(size) + "\n"),
                stored("value", LARGEST, size -> LINE + "\nX-A: " + "a".repeat(size) + "\n\n"),
                stored("name", LARGEST, size -> LINE + "\n" + "X-".repeat(size / 2) + ": a\n\n"),
                stored("path", LARGEST, size -> LINE + "a".repeat(size) + "\n\n"),
                stored("query", LARGEST, size -> LINE + "?" + "a=1&".repeat(size / 4) + "\n\n"),
                stored("escapes", LARGEST, size -> LINE + "?" + "%41".repeat(size / 3) + "=1\n\n"),
                stored("secret", LARGEST, size -> LINE + "?" + "a-".repeat(size / 2) + "token=1\n\n"),
                stored("host", LARGEST, size -> "PUT https://" + "a.".repeat(size / 2) + "example/\n\n"),
                stored("method", LARGEST, size -> "P".repeat(size) + " https://api.example.com/\n\n"),
                stored("no field", LARGEST, size -> LINE + "\n" + "a".repeat(size)),
                stored("body", LARGEST, size -> LINE + "\n\n" + "a\n".repeat(size / 2)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void decode_twiceTheRequest_allocatesTwiceAsMuch(GrowingInput<?> request) {
        request.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("requests")
    void decode_twiceTheRequest_takesTwiceAsLong(GrowingInput<?> request) throws Exception {
        request.assertTimeIsLinear();
    }

    private static GrowingInput<byte[]> stored(String name, int largest, IntFunction<String> text) {
        return new GrowingInput<>(name, largest, size -> text.apply(size).getBytes(StandardCharsets.UTF_8), bytes -> {
            RequestCodec codec = new RequestCodec();
            byte[] unused = codec.encode(RULES.checked(codec.decode(bytes)));
        });
    }

    private static String fields(int count) {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < count; i++) {
            fields.append("X-").append(i).append(": value\n");
        }
        return fields.toString();
    }
}
