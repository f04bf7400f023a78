package dev.respite.policy;

import dev.respite.testsupport.GrowingInput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy is read in a time that grows with its length, whatever stands in it. */
class PolicyGrowthTest {

    /** The limit, without the defaults that the text form has too. */
    private static final int LARGEST = 65_536 - 256;

    /** The text form of a rule with a backoff is longer. */
    private static final int LARGEST_OF_BACKOFFS = LARGEST / 16;

    static Stream<GrowingInput<?>> policies() {
        return Stream.of(
                text("rules", LARGEST, size -> rules("", "max-attempts=1", size)),
                text("rules with backoffs", LARGEST_OF_BACKOFFS, size -> rules("", "jitter=none", size)),
                text("rules on a preset", LARGEST, size -> rules("preset=course ", "max-attempts=1", size)),
                text("errors", LARGEST, size -> "retry-on=" + repeated("e", ",", size) + "any"),
                text("classes", LARGEST, size -> "stop-on=" + repeated("com.example.E", ",", size) + "any"),
                text("reason", LARGEST, size -> "unbounded=\"" + "\\\"a ".repeat(size / 4) + '"'),
                text("space", LARGEST, " "::repeat),
                text("unknown key", LARGEST, size -> "a".repeat(size) + "=1"),
                text("unknown value", LARGEST, size -> "backoff=" + "e".repeat(size)),
                text("digits", LARGEST, size -> "base-delay=" + "1".repeat(size) + "ms"),
                text("slashes", LARGEST, size -> "budget=success:" + "1/".repeat(size / 2)),
                new GrowingInput<>("properties", LARGEST, PolicyGrowthTest::properties, RetryPolicy::of));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void parse_twiceTheText_allocatesTwiceAsMuch(GrowingInput<?> policy) {
        policy.assertAllocationIsLinear();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("policies")
    void parse_twiceTheText_takesTwiceAsLong(GrowingInput<?> policy) throws Exception {
        policy.assertTimeIsLinear();
    }

    private static GrowingInput<String> text(String name, int largest, IntFunction<String> input) {
        return new GrowingInput<>(name, largest, input, text -> {
            RetryPolicy policy = RetryPolicy.parse(text);
            Explanation unused = Explanation.of(policy.toBuilder().build());
        });
    }

    private static String rules(String before, String setting, int size) {
        return before + repeated("on.e", "." + setting + " ", size - before.length());
    }

    /** Numbered pieces, so that no two of them are equal. */
    private static String repeated(String before, String after, int size) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() + before.length() + after.length() + 5 <= size; i++) {
            text.append(before).append(i).append(after);
        }
        return text.toString();
    }

    private static Map<String, String> properties(int size) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : rules("", "max-attempts=1", size).strip().split(" ", -1)) {
            settings.put(pair.substring(0, pair.indexOf('=')), "1");
        }
        return settings;
    }
}
