package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ready-made policies against their published constants. */
class PresetTest {

    private static RetryPolicy preset(String name) {
        return RetryPolicy.parse("preset=" + name);
    }

    @ParameterizedTest
    @CsvSource({"timeout, 5", "503, 3", "500, 3", "502, 3", "599, 3", "400, 1", "connect, 3", "429, 3"})
    void course_triesEachKindOfErrorAsOftenAsTheCourseDoes(String kind, int attempts) {
        RetryPolicy policy = preset("course").withClassifier(outcome -> Verdict.transientError(ErrorKind.of(kind)));
        for (int number = 1; number <= 6; number++) {
            Decision<String> decision = policy.decide(new Attempt(number, 0, 0), Outcome.success(""), 0);
            assertThat(decision instanceof Decision.RetryAfter<?>).isEqualTo(number < attempts);
        }
    }

    @Test
    void course_waitsOneSecondToThirtyTwo_withAdditiveJitter() {
        RetryPolicy policy = preset("course");
        assertThat(delays(policy, 0, 5)).containsExactly(seconds(1, 2, 4, 8, 16));
        assertThat(delays(policy, Math.nextDown(1.0), 7))
                .satisfies(delays -> assertThat(delays[0]).isBetween(1_999_999_999L, 2_000_000_000L))
                .satisfies(delays -> assertThat(delays[4]).isBetween(31_999_999_998L, 32_000_000_000L))
                .satisfies(delays -> assertThat(delays[6]).isBetween(31_999_999_998L, 32_000_000_000L));
        assertThat(policy.budget()).isEqualTo(BudgetSpec.perSuccess(0.1, 10, 1));
    }

    @Test
    void aws20_isTheStandardMode() {
        RetryPolicy policy = preset("aws-standard-2.0");
        assertThat(policy.limits().maxAttempts()).isEqualTo(3);
        assertThat(delays(policy, 0.5, 7))
                .containsExactly(LongStream.of(500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000)
                        .map(millis -> millis * 1_000_000)
                        .toArray());
        TokenSpec budget = (TokenSpec) policy.budget();
        assertThat(budget.capacity()).isEqualTo(500);
        assertThat(budget.cost(ErrorKind.IO)).isEqualTo(5);
        assertThat(budget.cost(ErrorKind.THROTTLED)).isEqualTo(5);
        assertThat(budget.cost(ErrorKind.TIMEOUT)).isEqualTo(10);
        assertThat(budget.cost(ErrorKind.REJECTED)).isZero();
        assertThat(budget.firstAttemptDeposit()).isEqualTo(1);
        assertThat(budget.afterRetryDeposit(ErrorKind.TIMEOUT)).isEqualTo(10);
    }

    @Test
    void aws21_isTheStandardModeOf2026() {
        RetryPolicy policy = preset("aws-standard-2.1");
        assertThat(policy.limits().maxAttempts()).isEqualTo(3);
        assertThat(delays(policy, 0.5, 3)).containsExactly(25_000_000L, 50_000_000L, 100_000_000L);
        assertThat(delays(policy, 0.5, 20)[19]).isEqualTo(10_000_000_000L);
        RetryPolicy throttled = policy.withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(429)));
        assertThat(throttled.decide(Attempt.FIRST, Outcome.success(""), 0.5))
                .isEqualTo(new Decision.RetryAfter<>(500_000_000, 500_000_000, ErrorKind.ofStatus(429)));
        TokenSpec budget = (TokenSpec) policy.budget();
        assertThat(budget.capacity()).isEqualTo(500);
        assertThat(budget.cost(ErrorKind.IO)).isEqualTo(14);
        assertThat(budget.cost(ErrorKind.TIMEOUT)).isEqualTo(14);
        assertThat(budget.cost(ErrorKind.THROTTLED)).isEqualTo(5);
        assertThat(budget.cost(ErrorKind.ofStatus(429))).isEqualTo(5);
        assertThat(budget.cost(ErrorKind.REJECTED)).isZero();
        assertThat(budget.firstAttemptDeposit()).isEqualTo(1);
        assertThat(budget.afterRetryDeposit(ErrorKind.IO)).isEqualTo(14);
    }

    @Test
    void grpc_isJitteredByAFifth_andThrottles() {
        RetryPolicy policy = preset("grpc");
        assertThat(policy.limits().maxAttempts()).isEqualTo(4);
        assertThat(policy.backoff().delayNanos(Attempt.FIRST, 0)).isEqualTo(80_000_000L);
        assertThat(policy.backoff().delayNanos(Attempt.FIRST, 0.5)).isEqualTo(100_000_000L);
        assertThat(policy.backoff().delayNanos(Attempt.FIRST, Math.nextDown(1.0)))
                .isBetween(119_999_990L, 120_000_000L);
        assertThat(policy.budget()).isEqualTo(new GrpcSpec(10, 0.1));
        assertThat(policy.settings()).containsEntry("retry-on", "grpc:UNAVAILABLE");
    }

    @Test
    void presets_takeTheRestFromTheDefaults() {
        assertThat(preset("course").limits().totalTimeout()).contains(Duration.ofMinutes(2));
        for (String name : new String[] {"aws-standard-2.0", "aws-standard-2.1", "grpc"}) {
            assertThat(preset(name).limits().totalTimeout())
                    .isEqualTo(RetryPolicy.defaults().limits().totalTimeout());
            assertThat(preset(name).limits().attemptTimeout()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void presets_givenValues_goBeforeThem() {
        RetryPolicy policy = RetryPolicy.parse("preset=course max-attempts=7 jitter=none on.timeout.max-attempts=2");
        assertThat(policy.limits().maxAttempts()).isEqualTo(7);
        assertThat(delays(policy, 0.5, 2)).containsExactly(seconds(1, 2));
        assertThat(policy.toString()).contains("on.timeout.max-attempts=2", "on.400.max-attempts=1");
    }

    private static long[] delays(RetryPolicy policy, double roll, int retries) {
        return LongStream.rangeClosed(1, retries)
                .map(n -> policy.backoff().delayNanos(Backoffs.attempt((int) n), roll))
                .toArray();
    }

    private static long[] seconds(long... seconds) {
        return LongStream.of(seconds).map(second -> second * 1_000_000_000L).toArray();
    }
}
