package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vocabulary of the text form: every key, its default, and how defaults yield to given values. */
class RetryPolicyTextTest {

    @Test
    void parse_attemptTimeoutOfTheWholeCall_isAccepted() {
        assertThatCode(() -> RetryPolicy.parse("total-timeout=2s attempt-timeout=2s"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> RetryPolicy.parse("total-timeout=2s attempt-timeout=2001ms"))
                .isInstanceOf(InvalidPolicyException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-attempts=5 | max-attempts=5",
                "max-attempts=1 | max-attempts=1",
                "max-retries=0 | max-attempts=1",
                "max-retries=4 | max-attempts=5",
                "unbounded=why | unbounded=why",
                "backoff=immediate | backoff=immediate total-timeout",
                "backoff=immediate jitter=none | backoff=immediate total-timeout",
                "backoff=fixed | backoff=fixed base-delay=100ms max-delay=20s jitter=full",
                "backoff=linear | backoff=linear base-delay=100ms increment=100ms max-delay=20s jitter=full",
                "backoff=linear base-delay=2s | increment=2s",
                "backoff=linear increment=3s | base-delay=100ms increment=3s",
                "backoff=exponential multiplier=1.5 | backoff=exponential base-delay=100ms multiplier=1.5",
                "backoff=decorrelated | backoff=decorrelated base-delay=100ms max-delay=20s total-timeout",
                "backoff=fibonacci | backoff=fibonacci base-delay=100ms max-delay=20s jitter=full",
                "base-delay=1.5s | base-delay=1500ms",
                "max-delay=900us | max-delay=900us",
                "jitter=none | jitter=none",
                "jitter=equal | jitter=equal",
                "jitter=additive | jitter=additive",
                "jitter=proportional:0.25 | jitter=proportional:0.25",
                "total-timeout=90s | total-timeout=90s",
                "total-timeout=off | total-timeout=off",
                "attempt-timeout=2s | attempt-timeout=2s",
                "retry-after=cap | retry-after=cap retry-after-limit=1m",
                "retry-after=ignore | retry-after=ignore",
                "retry-after-limit=2h | retry-after-limit=2h",
                "budget=10% | budget=10%",
                "budget=off | budget=off",
                "retry-on=503,java.io.IOException | retry-on=503,java.io.IOException",
                "stop-on=timeout | stop-on=timeout",
                "on.503.max-attempts=5 | on.503.max-attempts=5",
                "on.503.max-retries=5 | on.503.max-attempts=6",
                "on.5xx.base-delay=1s | on.5xx.backoff=exponential on.5xx.base-delay=1s on.5xx.multiplier=2",
                "on.java.io.IOException.backoff=immediate | on.java.io.IOException.backoff=immediate",
                "on.timeout.jitter=none | on.timeout.max-delay=20s on.timeout.jitter=none",
            })
    void parse_eachKey_isShownAsItApplies(String given, String shown) {
        String text = RetryPolicy.parse(given).toString();
        assertThat(text).contains(shown.split(" ")).contains(shown);
        assertThat(RetryPolicy.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base-delay=1m | max-delay=1m | total-timeout=4m",
                "base-delay=30s | max-delay=30s | total-timeout=2m",
                "base-delay=29s | max-delay=29s | total-timeout=30s",
                "max-delay=50ms | base-delay=50ms | max-delay=50ms",
                "total-timeout=100ms | base-delay=25ms | total-timeout=100ms",
                "total-timeout=101ms | base-delay=100ms | total-timeout=101ms",
                "total-timeout=40ms backoff=linear | base-delay=10ms | increment=10ms",
                "total-timeout=40ms backoff=linear increment=7ms | base-delay=10ms | increment=7ms",
                "attempt-timeout=40s | attempt-timeout=40s | total-timeout=160s",
                "attempt-timeout=30s | attempt-timeout=30s | total-timeout=2m",
                "attempt-timeout=29s | attempt-timeout=29s | total-timeout=30s",
                "preset=aws-standard-2.0 total-timeout=200ms | base-delay=50ms | total-timeout=200ms",
                "preset=course max-delay=500ms | base-delay=500ms | max-delay=500ms",
                "increment=1s | backoff=linear | increment=1s",
                "max-delay=0ms | base-delay=0ms | max-delay=0ms",
            })
    void parse_whereADefaultMeetsAGivenValue_theDefaultYields(String given, String one, String other) {
        assertThat((RetryPolicy.parse(given) + " ").split(" ")).contains(one, other);
    }

    @Test
    void of_aMap_isTheSameAsTheText() {
        assertThat(RetryPolicy.of(Map.of("max-attempts", "4", "backoff", "fixed", "jitter", "none")))
                .isEqualTo(RetryPolicy.parse("max-attempts=4 backoff=fixed jitter=none"));
        assertThat(RetryPolicy.of(Map.of())).isEqualTo(RetryPolicy.defaults());
        assertThat(RetryPolicy.of(Map.of("unbounded", "two words")).limits().unboundedReason())
                .contains("two words");
    }

    @Test
    void builder_withEveryMethod_isTheSameAsTheText() {
        RetryPolicy built = RetryPolicy.builder()
                .preset("grpc")
                .maxAttempts(9)
                .backoff(BackoffKind.LINEAR)
                .baseDelay(Duration.ofMillis(20))
                .increment(Duration.ofMillis(30))
                .maxDelay(Duration.ofSeconds(3))
                .jitter(Jitter.equal())
                .totalTimeout(Duration.ofMinutes(5))
                .attemptTimeout(Duration.ofSeconds(9))
                .retryAfter(Hints.Mode.CAP)
                .retryAfterLimit(Duration.ofSeconds(7))
                .budget(BudgetSpec.parse("10%"))
                .retryOn("503", "throttled")
                .retryOn(IllegalStateException.class)
                .stopOn("timeout")
                .stopOn(java.net.ConnectException.class)
                .on("io", "max-attempts", "2")
                .on("java.net.SocketException", "base-delay", "1s")
                .build();
        assertThat(built)
                .isEqualTo(RetryPolicy.parse("preset=grpc max-attempts=9 backoff=linear base-delay=20ms increment=30ms"
                        + " max-delay=3s jitter=equal total-timeout=5m attempt-timeout=9s retry-after=cap"
                        + " retry-after-limit=7s budget=10% retry-on=503,throttled,java.lang.IllegalStateException"
                        + " stop-on=timeout,java.net.ConnectException on.io.max-attempts=2"
                        + " on.java.net.SocketException.base-delay=1s"));
        assertThat(RetryPolicy.builder()
                        .settings(Map.of("max-retries", "2", "total-timeout", "off"))
                        .multiplier(3)
                        .build())
                .isEqualTo(RetryPolicy.parse("max-attempts=3 multiplier=3 total-timeout=off"));
        assertThat(RetryPolicy.builder().unbounded("why").build()).isEqualTo(RetryPolicy.parse("unbounded=why"));
    }

    @Test
    void accessors_sayWhatWasGiven() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=4 total-timeout=10s attempt-timeout=3s retry-after=cap"
                + " retry-after-limit=2s budget=aws-2.0");
        assertThat(policy.limits())
                .isEqualTo(new Limits(
                        4,
                        Optional.of(Duration.ofSeconds(10)),
                        Optional.of(Duration.ofSeconds(3)),
                        Optional.empty(),
                        Optional.empty(),
                        Nested.SUPPRESS));
        assertThat(policy.hints()).isEqualTo(new Hints(Hints.Mode.CAP, Duration.ofSeconds(2)));
        assertThat(policy.budget()).isEqualTo(BudgetSpec.parse("aws-2.0"));
        assertThat(policy.limits().isUnbounded()).isFalse();
        Limits unbounded = RetryPolicy.parse("unbounded=why").limits();
        assertThat(unbounded.isUnbounded()).isTrue();
        assertThat(unbounded.maxAttempts()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void maxAttempts_unlimited_endsByTheTotalTimeoutOnly() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=unlimited total-timeout=7d");
        assertThat(policy.limits().isUnbounded()).isTrue();
        assertThat(policy.limits().unboundedReason()).isEmpty();
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(policy.toString()).startsWith("max-attempts=unlimited ");
        assertThat(policy.toBuilder()
                        .totalTimeout(Duration.ofDays(1))
                        .build()
                        .limits()
                        .isUnbounded())
                .isTrue();
        assertThat(policy.toBuilder()
                        .settings(Map.of("max-retries", "3"))
                        .build()
                        .limits()
                        .maxAttempts())
                .isEqualTo(4);
        assertThat(Explanation.of(policy).warnings()).isEmpty();
        assertThatThrownBy(() -> RetryPolicy.parse("max-attempts=unlimited total-timeout=off"))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("max-attempts=unlimited")
                .hasMessageContaining("total-timeout=7d");
        assertThatThrownBy(() -> RetryPolicy.parse("max-attempts=unlimited max-retries=3"))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("contradict");
        assertThatThrownBy(() -> RetryPolicy.parse("max-attempts=unlimited unbounded=why"))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("contradict");
    }

    @Test
    void toBuilder_givenValues_goBeforeInheritedOnes() {
        RetryPolicy policy = RetryPolicy.parse("unbounded=why base-delay=5s max-delay=6s retry-on=503 stop-on=timeout");
        assertThat(policy.toBuilder().maxAttempts(2).build().limits().isUnbounded())
                .isFalse();
        assertThat(policy.toBuilder().maxDelay(Duration.ofSeconds(1)).build().toString())
                .contains("base-delay=1s", "max-delay=1s");
        assertThat(policy.toBuilder().retryOn("504").stopOn("503").build().toString())
                .contains("retry-on=504 stop-on=503,timeout");
        assertThat(RetryPolicy.parse("max-attempts=5").toBuilder()
                        .unbounded("now")
                        .build()
                        .limits()
                        .isUnbounded())
                .isTrue();
        assertThat(RetryPolicy.parse("retry-after=ignore").toBuilder()
                        .retryAfter(Hints.Mode.HONOUR)
                        .build())
                .isEqualTo(RetryPolicy.defaults());
    }

    @Test
    void timeoutOf_anAttempt_shrinksToWhatIsLeft() {
        RetryPolicy policy = RetryPolicy.parse("total-timeout=10s attempt-timeout=3s");
        assertThat(policy.timeoutOf(Attempt.FIRST)).contains(Duration.ofSeconds(3));
        assertThat(policy.timeoutOf(new Attempt(2, 8_000_000_000L, 0))).contains(Duration.ofSeconds(2));
        assertThat(policy.timeoutOf(new Attempt(3, 12_000_000_000L, 0))).contains(Duration.ZERO);
        assertThat(RetryPolicy.parse("total-timeout=10s").timeoutOf(new Attempt(2, 1, 0)))
                .contains(Duration.ofNanos(9_999_999_999L));
        assertThat(RetryPolicy.parse("total-timeout=off attempt-timeout=3s").timeoutOf(new Attempt(2, 1, 0)))
                .contains(Duration.ofSeconds(3));
        assertThat(RetryPolicy.parse("total-timeout=off").timeoutOf(Attempt.FIRST))
                .isEmpty();
    }
}
