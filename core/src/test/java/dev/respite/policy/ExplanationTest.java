package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy would do, as data. */
class ExplanationTest {

    private static Explanation explain(String policy) {
        return Explanation.of(RetryPolicy.parse(policy));
    }

    @Test
    void retries_ofTheDefaults_areTheWindowsOfFullJitter() {
        assertThat(explain("").retries())
                .containsExactly(
                        new PlannedDelay(1, 0, 50_000_000, 100_000_000),
                        new PlannedDelay(2, 0, 100_000_000, 200_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "none, 1000, 1000, 1000",
        "full, 0, 500, 1000",
        "equal, 500, 750, 1000",
        "additive, 1000, 1500, 2000",
        "proportional:0.2, 800, 1000, 1200",
    })
    void retries_ofEachJitter_areItsWindow(String jitter, long min, double mean, long max) {
        assertThat(explain("max-attempts=2 backoff=fixed base-delay=1000ns jitter=" + jitter)
                        .retries())
                .containsExactly(new PlannedDelay(1, min, mean, max));
    }

    @Test
    void retries_ofManyAttempts_areListedUpTo100() {
        Explanation explanation = explain("max-attempts=1000");
        assertThat(explanation.retries()).hasSize(100);
        assertThat(explanation.retries().get(99).number()).isEqualTo(100);
        assertThat(explain("unbounded=why").retries()).hasSize(100);
        assertThat(explain("max-attempts=1").retries()).isEmpty();
    }

    @Test
    void worstWait_isTheSumOfTheGreatestDelays() {
        assertThat(explain("").worstWait()).contains(Duration.ofMillis(300));
        assertThat(explain("max-attempts=1").worstWait()).contains(Duration.ZERO);
        assertThat(explain("max-attempts=5 backoff=fixed base-delay=1s").worstWait())
                .contains(Duration.ofSeconds(4));
        assertThat(explain("max-attempts=20001 backoff=fixed base-delay=1s").worstWait())
                .contains(Duration.ofSeconds(20_000));
        assertThat(explain("max-attempts=1000000000 backoff=fixed base-delay=2300h total-timeout=2400h")
                        .worstWait())
                .contains(Duration.ofNanos(Long.MAX_VALUE));
        assertThat(explain("max-attempts=20001 backoff=immediate").worstWait()).contains(Duration.ZERO);
        assertThat(explain("unbounded=why").worstWait()).isEmpty();
    }

    @Test
    void worstWait_isThatOfTheKindOfErrorThatWaitsLongest() {
        assertThat(explain("preset=course").worstWait()).contains(Duration.ofSeconds(30));
        Explanation slow = explain("on.timeout.base-delay=25s on.timeout.max-attempts=6 on.503.max-attempts=2");
        assertThat(slow.worstWait()).contains(Duration.ofSeconds(125));
        assertThat(slow.fitsTotalTimeout()).isFalse();
        assertThat(slow.retries()).hasSize(2);
    }

    @Test
    void fits_whenTheWorstWaitIsShorterThanTheTotalTimeout() {
        assertThat(explain("").fitsTotalTimeout()).isTrue();
        assertThat(explain("max-attempts=4 backoff=fixed base-delay=10s").fitsTotalTimeout())
                .isFalse();
        assertThat(explain("max-attempts=4 backoff=fixed base-delay=9999ms").fitsTotalTimeout())
                .isTrue();
        assertThat(explain("unbounded=why").fitsTotalTimeout()).isFalse();
        assertThat(explain("unbounded=why total-timeout=off").fitsTotalTimeout())
                .isTrue();
    }

    @Test
    void explain_ofABackoffWrittenInCode_knowsNoSchedule() {
        Explanation explanation = Explanation.of(
                RetryPolicy.builder().backoff((attempt, roll) -> 5).build());
        assertThat(explanation.retries()).isEmpty();
        assertThat(explanation.worstWait()).isEmpty();
        assertThat(explanation.fitsTotalTimeout()).isTrue();
        assertThat(explanation.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-delay=100ms max-delay=20s",
                "base-delay=100ms max-delay=250ms",
                "base-delay=100ms max-delay=101ms",
                "base-delay=1ms max-delay=10m total-timeout=off",
                "base-delay=1us max-delay=1h",
            })
    void meanOfDecorrelated_isWhatRollsGiveInTheLongRun(String delays) {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=31 backoff=decorrelated " + delays);
        List<PlannedDelay> retries = Explanation.of(policy).retries();
        Random random = new Random(5);
        int runs = 40_000;
        double[] sum = new double[31];
        double[] squares = new double[31];
        for (int run = 0; run < runs; run++) {
            Attempt attempt = Attempt.FIRST;
            for (int n = 1; n <= 30; n++) {
                long delay = policy.backoff().delayNanos(attempt, random.nextDouble());
                sum[n] += delay;
                squares[n] += (double) delay * delay;
                attempt = attempt.next(0, delay);
            }
        }
        for (int n = 1; n <= 30; n++) {
            double mean = sum[n] / runs;
            double error = Math.sqrt((squares[n] / runs - mean * mean) / runs);
            assertThat(retries.get(n - 1).meanNanos()).as("retry %d", n).isCloseTo(mean, within(5 * error + 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"20s, 2", "10m, 5", "1000h, 9"})
    void meanOfDecorrelated_belowTheCap_isExactToAMillionthPart(String cap, int attempts) {
        // E[X(n+1)] = (base + 3·E[X(n)]) / 2
        List<PlannedDelay> retries = explain(
                        "backoff=decorrelated base-delay=1ms max-delay=" + cap + " max-attempts=" + attempts)
                .retries();
        double mean = 1_000_000;
        for (PlannedDelay retry : retries) {
            mean = (1_000_000 + 3 * mean) / 2;
            assertThat(retry.meanNanos()).isCloseTo(mean, within(mean * 1e-6));
            assertThat(retry.minNanos()).isEqualTo(1_000_000);
            assertThat(retry.maxNanos()).isEqualTo((long) (1_000_000 * Math.pow(3, retry.number())));
        }
    }

    @Test
    void meanOfDecorrelated_atACapThatIsTheBase_isTheBase() {
        assertThat(explain("backoff=decorrelated base-delay=1s max-delay=1s").retries())
                .allSatisfy(retry -> assertThat(retry)
                        .isEqualTo(new PlannedDelay(retry.number(), 1_000_000_000L, 1e9, 1_000_000_000L)));
    }

    @Property(tries = 300)
    void retries_ofAnyPolicy_areOrderedWindowsThatHoldEveryDelay(@ForAll long seed) {
        RetryPolicy policy = new Policies(seed).builder().build();
        Random random = new Random(seed);
        Attempt attempt = Attempt.FIRST;
        for (PlannedDelay retry : Explanation.of(policy).retries()) {
            assertThat(retry.meanNanos()).isBetween(retry.minNanos() * (1 - 1e-6), retry.maxNanos() * (1 + 1e-6));
            long delay = policy.backoff().delayNanos(attempt, random.nextDouble());
            assertThat(delay).isBetween(retry.minNanos(), retry.maxNanos());
            attempt = attempt.next(0, delay);
        }
    }

    @Test
    void amplification_withoutBudget_isTheGeometricSum() {
        Explanation explanation = explain("budget=off");
        assertThat(explanation.amplification(0)).isEqualTo(1);
        assertThat(explanation.amplification(0.5)).isEqualTo(1.75);
        assertThat(explanation.amplification(1)).isEqualTo(3);
        assertThat(explain("budget=off on.timeout.max-attempts=5").amplification(1, ErrorKind.TIMEOUT))
                .isEqualTo(5);
        assertThat(explain("budget=off on.timeout.base-delay=1s").amplification(1, ErrorKind.TIMEOUT))
                .isEqualTo(3);
        assertThat(explain("budget=off stop-on=timeout").amplification(1, ErrorKind.TIMEOUT))
                .isEqualTo(1);
        assertThat(explain("budget=off retry-on=timeout").amplification(1, ErrorKind.TIMEOUT))
                .isEqualTo(3);
        assertThatThrownBy(() -> explanation.amplification(1.1)).hasMessageContaining("failure rate 1.1");
        assertThatThrownBy(() -> explanation.amplification(-0.1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void amplification_ofAnOutage_isBoundedByTheBudget() {
        assertThat(explain("").amplification(1, ErrorKind.TIMEOUT)).isEqualTo(1);
        assertThat(explain("").amplification(0.5, ErrorKind.TIMEOUT)).isCloseTo(1 + 0.05 / 0.95, within(1e-9));
        assertThat(explain("budget=success:0.5/20/10").amplification(0.5, ErrorKind.TIMEOUT))
                .isCloseTo(1 + 0.25 / 9.75, within(1e-9));
        assertThat(explain("budget=grpc:10/0.1").amplification(0.09)).isGreaterThan(1.08);
        assertThat(explain("budget=grpc:10/0.1").amplification(0.1)).isEqualTo(1);
    }

    @Test
    void with_moreWarnings_addsThem() {
        Explanation.Warning own = new Explanation.Warning("own", "message");
        Explanation more = explain("max-attempts=1").withWarnings(List.of(own));
        assertThat(more.warnings()).extracting(Explanation.Warning::code).containsExactly("no-retries", "own");
        assertThat(more.policy()).isEqualTo(RetryPolicy.parse("max-attempts=1"));
    }
}
