package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLengthTest {

    private static final int MAX_LENGTH = 65_536;
    private static final String LONG = "x".repeat(50_000);

    @Test
    void parse_textOfTheLimit_isRead() {
        assertThat(RetryPolicy.parse(" ".repeat(MAX_LENGTH))).isEqualTo(RetryPolicy.defaults());
    }

    @Test
    void parse_textAboveTheLimit_isRejectedWithTheRule() {
        assertThatThrownBy(() -> RetryPolicy.parse(" ".repeat(MAX_LENGTH + 1)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage(
                        "a policy of 65537 characters: it may have 65536 as it is given, and with every value of each"
                                + " rule; write rules for classes of errors, such as 5xx");
    }

    @Test
    void of_settingsAboveTheLimit_areRejected() {
        Map<String, String> settings = IntStream.range(0, 5_000)
                .boxed()
                .collect(Collectors.toMap(i -> "on.e" + i + ".max-attempts", i -> "1"));

        assertThatThrownBy(() -> RetryPolicy.of(settings)).hasMessageContaining("it may have 65536");
    }

    /** Otherwise the text of a policy, which is stored with a durable call for example, could not be read. */
    @Test
    void parse_textFormAboveTheLimit_isRejected() {
        String rules = IntStream.range(0, 2_000)
                .mapToObj(i -> "on.e" + i + ".jitter=none")
                .collect(Collectors.joining(" "));

        assertThat(rules).hasSizeLessThan(MAX_LENGTH);
        assertThatThrownBy(() -> RetryPolicy.parse(rules)).hasMessageContaining("it may have 65536");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L",
                "L=1",
                "L=",
                "L=\"",
                "L=\"\"a",
                "L=1 L=1",
                "preset=L",
                "backoff=L",
                "backoff=immediate max-delay=L",
                "base-delay=L",
                "base-delay=1L",
                "multiplier=L",
                "jitter=L",
                "jitter=proportional:L",
                "total-timeout=L",
                "max-attempts=L",
                "max-attempts=L max-retries=L",
                "unbounded=L max-attempts=1",
                "retry-after=L",
                "retry-after=ignore retry-after-limit=L",
                "budget=L",
                "budget=fleet:L",
                "budget=success:L/1/1",
                "budget=off clients=L",
                "budget=off budget-wait=L",
                "budget-wait=L",
                "budget-wait=1s/L",
                "clients=L",
                "nested=L",
                "retry-on=L",
                "retry-on=sqlstate:L",
                "stop-on=grpc:L",
                "on.L",
                "on.L=1",
                "on.L.max-attempts=1",
                "on.503.L=1",
                "on.503.max-attempts=L",
                "on.L.base-delay=L"
            })
    void parse_longInvalidValue_isNotEchoedWhole(String form) {
        assertThatThrownBy(() -> RetryPolicy.parse(form.replace("L", LONG.substring(0, 20_000))))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("x".repeat(100))
                .hasMessageContaining("characters)")
                .message()
                .hasSizeLessThan(1_200);
    }

    @Test
    void of_longKeyWithoutValue_isNotEchoedWhole() {
        Map<String, String> settings = new HashMap<>();
        settings.put(LONG, null);

        assertThatThrownBy(() -> RetryPolicy.of(settings)).message().hasSizeLessThan(400);
    }

    @Test
    void explanation_longReason_isNotEchoedWhole() {
        Explanation explanation = Explanation.of(RetryPolicy.parse("unbounded=" + LONG));

        assertThat(explanation.warnings())
                .allSatisfy(warning -> assertThat(warning.message()).hasSizeLessThan(1_000));
    }
}
