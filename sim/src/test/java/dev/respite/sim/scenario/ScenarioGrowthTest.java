package dev.respite.sim.scenario;

import dev.respite.testsupport.GrowingInput;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A scenario file is read in a time that grows with its length. */
class ScenarioGrowthTest {

    private static final int LARGEST = 256 * 1024;

    private static final String REST = "load: {to: s0, arrivals: poisson 1/s}\n";

    static Stream<GrowingInput<?>> files() {
        return Stream.of(
                file("services", size -> services(size / 8, i -> "") + REST),
                file("calls", size -> services(size / 16, i -> ", calls: s" + (i + 1)) + REST),
                file("circle", size -> services(size / 16, i -> ", calls: s" + Math.max(1, i - 1)) + REST),
                file(
                        "groups",
                        size -> "services: {s0: {}}\nload:\n  to: s0\n  groups:\n"
                                + numbered(size / 32, i -> "    - {name: g" + i + ", arrivals: poisson 1/s}\n")),
                file(
                        "faults",
                        size -> "services: {s0: {}}\n" + REST + "faults:\n"
                                + "  - {outage: s0, at: 1s}\n".repeat(size / 25)),
                file("unknown key", size -> "services: {s0: {" + "a".repeat(size) + ": 1}}\n" + REST),
                file(
                        "unknown service",
                        size -> services(size / 16, i -> "") + "load: {to: \"" + "x".repeat(size / 2)
                                + "\", arrivals: poisson 1/s}\n"),
                file("value", size -> "duration: " + "1".repeat(size) + "\n"),
                file(
                        "ramp",
                        size -> "services: {s0: {}}\nload: {to: s0, arrivals: ramp "
                                + numbered(size / 16, i -> "1/s at " + i + "ms to ") + "1/s at 50s}\n"),
                file("comment", size -> "#".repeat(size) + "\nservices: {s0: {}}\n" + REST),
                file("list", size -> "services: [" + "1,".repeat(size / 2) + "1]\n"),
                file("undefined alias", size -> "services: *" + "a".repeat(size) + "\n"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void parse_twiceTheFile_allocatesTwiceAsMuch(GrowingInput<?> file) {
        file.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("files")
    void parse_twiceTheFile_takesTwiceAsLong(GrowingInput<?> file) throws Exception {
        file.assertTimeIsLinear();
    }

    private static GrowingInput<String> file(String name, IntFunction<String> text) {
        return new GrowingInput<>(name, LARGEST, text, ScenarioFile::parse);
    }

    private static String services(int count, IntFunction<String> more) {
        String last = "  s" + count + ": {workers: 1}\n";
        return "services:\n" + numbered(count, i -> "  s" + i + ": {workers: 1" + more.apply(i) + "}\n") + last;
    }

    private static String numbered(int count, IntFunction<String> piece) {
        return IntStream.range(0, count).mapToObj(piece).collect(Collectors.joining());
    }
}
