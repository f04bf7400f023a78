package dev.respite.sim.foresight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight.Recovery;
import dev.respite.sim.foresight.Foresight.Risk;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForesightTest {

    private static FleetDemand demand(int clients) {
        return new FleetDemand(clients, 280, 300, Duration.ofSeconds(1));
    }

    private static Foresight foresight(String policy, int clients) {
        return Foresight.of(RetryPolicy.parse(policy), demand(clients));
    }

    /** Three attempts for each call are 840 requests a second for 300. */
    @Test
    void foresight_withoutBudget_isNoRecovery() {
        Foresight foresight = foresight("budget=off", 100);

        assertThat(foresight.risk()).isEqualTo(Risk.HARMFUL);
        assertThat(foresight.burst()).isEmpty();
        assertThat(foresight.recovery().seconds()).isEmpty();
        assertThat(foresight.recovery().withoutRetries()).hasValue(0);
        assertThat(foresight.deciding().key()).isEqualTo("budget");
        assertThat(foresight.deciding().change()).hasValue("budget=fleet clients=100");
        assertThat(foresight.deciding().changed().seconds()).hasValue(0);
        assertThat(foresight.spareCapacity()).isEqualTo(20);
    }

    /** Where three attempts for each call fit into the capacity, nothing has to be limited. */
    @Test
    void foresight_withRoomForAllAttempts_isHarmless() {
        Foresight foresight =
                Foresight.of(RetryPolicy.parse("budget=off"), new FleetDemand(100, 90, 300, Duration.ofSeconds(1)));

        assertThat(foresight.risk()).isEqualTo(Risk.NONE);
        assertThat(foresight.deciding().key()).isEqualTo("max-attempts");
        assertThat(foresight.deciding().change()).isEmpty();
    }

    @Test
    void foresight_withoutRetries_isHarmlessAndHasNoBurst() {
        Foresight foresight = foresight("max-attempts=1 budget=off", 100);

        assertThat(foresight.risk()).isEqualTo(Risk.NONE);
        assertThat(foresight.burst()).hasValue(0);
        assertThat(foresight.retries()).isZero();
    }

    @Test
    void foresight_timeoutsNotRetried_isThatWithoutRetries() {
        assertThat(foresight("budget=off stop-on=timeout", 100).risk()).isEqualTo(Risk.NONE);
        assertThat(foresight("budget=off on.timeout.max-attempts=1", 100).retries())
                .isZero();
    }

    /** A bucket for each client holds few clients and not many: table "Many clients that call rarely" of docs/evidence/budgets.md. */
    @ParameterizedTest
    @CsvSource({"300, NONE", "1000, NONE", "6000, HARMFUL", "20000, HARMFUL"})
    void foresight_ofABucketForEachClient_dependsOnTheirNumber(int clients, Risk risk) {
        assertThat(foresight("budget=success:0.5/20/10", clients).risk()).isEqualTo(risk);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 1_000, 10_000, 50_000})
    void foresight_ofTheDefaultWithItsClientsDeclared_isHarmless(int clients) {
        Foresight foresight = foresight("clients=" + clients, clients);

        assertThat(foresight.risk()).isEqualTo(Risk.NONE);
        assertThat(foresight.burst().orElseThrow()).isLessThanOrEqualTo(Math.min(2 * clients, 30 + 0.05 * 280 * 5));
    }

    /** A client that calls every three minutes is new when the outage begins, and has two retries. */
    @Test
    void foresight_ofTooFewClientsDeclared_isHarmful() {
        Foresight foresight = foresight("clients=10", 50_000);

        assertThat(foresight.isHarmful()).isTrue();
        assertThat(foresight.deciding().change()).hasValue("clients=50000");
    }

    /** All retries that are left when the outage ends wait in the queue: it takes their number, by what is to spare. */
    @Test
    void recovery_ofABucket_isAboutTheBurstThroughTheSpareCapacity() {
        Foresight foresight = Foresight.of(
                RetryPolicy.parse("budget=success:0.5/20/10"), new FleetDemand(1_000, 180, 300, Duration.ofSeconds(1)));
        assertThat(foresight.burst()).hasValue(2_000);
        assertThat(foresight.retries()).isLessThanOrEqualTo(2_000);
    }

    @Test
    void foresight_attemptTimeoutOfThePolicy_replacesTheDemands() {
        assertThat(foresight("attempt-timeout=200ms", 10).demand().timeout()).isEqualTo(Duration.ofMillis(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc:10/0.1", "10%", "aws-2.0", "aws-2.1", "off", "fleet"})
    void foresight_ofAnyBudget_isTheSameEachTime(String budget) {
        assertThat(foresight("budget=" + budget, 50)).isEqualTo(foresight("budget=" + budget, 50));
    }

    /** So many calls that a call of the model stands for several, and a client for several or for one with many calls. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_000_000})
    void foresight_ofAMillionCallsASecond_isCalculatedInParts(int clients) {
        FleetDemand demand = new FleetDemand(clients, 900_000, 1_000_000, Duration.ofSeconds(1));

        assertThat(Foresight.of(RetryPolicy.parse("budget=off"), demand).risk()).isEqualTo(Risk.HARMFUL);
        assertThat(Foresight.of(RetryPolicy.parse("clients=" + clients), demand).risk())
                .isEqualTo(Risk.NONE);
    }

    @Test
    void demand_atOrAboveTheCapacity_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FleetDemand(1, 300, 300, Duration.ofSeconds(1)))
                .withMessage("rate 300/s at a capacity of 300/s: must be below it, no policy recovers from a queue that"
                        + " only grows; add capacity, or reject what exceeds it");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 2, 1, clients 0",
        "1, 0, 2, 1, rate 0",
        "1, 1, 0, 1, capacity 0",
        "1, 1, 2, 0, timeout 0ms",
        "1, 1, 2, 61, timeout 61s",
        "1, NaN, 2, 1, rate NaN"
    })
    void demand_outOfRange_isRefused(int clients, double rate, double capacity, int seconds, String said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FleetDemand(clients, rate, capacity, Duration.ofSeconds(seconds)))
                .withMessageStartingWith(said + ": must be from ");
    }

    /** A setting protects a fleet if the fleet is harmed without it. */
    @ParameterizedTest
    @CsvSource({
        "clients=50000, 50000, clients, budget=fleet",
        "clients=10, 10, budget, budget=off",
        "budget=success:0.5/20/10, 300, budget, budget=off",
        "max-attempts=1 clients=10000, 10000, max-attempts, "
    })
    void deciding_ofAHarmlessPolicy_isWhatProtects(String policy, int clients, String key, String change) {
        Foresight foresight = foresight(policy, clients);

        assertThat(foresight.risk()).isEqualTo(Risk.NONE);
        assertThat(foresight.deciding().key()).isEqualTo(key);
        assertThat(foresight.deciding().change().orElse(null)).isEqualTo(change);
    }

    /** 1.3 times as long as without retries, and 2 s. */
    @ParameterizedTest
    @CsvSource({"0, 2, false", "0, 3, true", "10, 15, false", "10, 16, true", "0, , true", "60, 80, false", ", , false"
    })
    void recovery_isHarmed_whereItTakesMuchLonger(Integer without, Integer seconds, boolean isHarmed) {
        assertThat(new Recovery(optional(seconds), optional(without)).isHarmed())
                .isEqualTo(isHarmed);
    }

    private static OptionalInt optional(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    /** An attempt times out after 1 s, so a call of at most 900 ms has no second one. */
    @Test
    void foresight_totalTimeout_endsTheRetries() {
        assertThat(foresight("budget=off total-timeout=900ms", 100).risk()).isEqualTo(Risk.NONE);
        assertThat(foresight("budget=off total-timeout=900ms", 100).retries()).isZero();
        assertThat(foresight("budget=off total-timeout=1h", 100).risk()).isEqualTo(Risk.HARMFUL);
        assertThat(foresight("budget=off total-timeout=off", 100).risk()).isEqualTo(Risk.HARMFUL);
    }

    /** Of the default with its clients declared: 30, and 0.05 for each success of 5 s. */
    @ParameterizedTest
    @CsvSource({
        "budget=grpc:10/0.1, 400",
        "budget=success:0.5/20/10, 200",
        "budget=aws-2.0, 5000",
        "budget=10%, 1000",
        "budget=fleet, 200",
        "clients=100, 100",
        "budget=off, "
    })
    void burst_ofABudget_isThatOfAllClients(String policy, Double burst) {
        OptionalDouble calculated = foresight(policy, 100).burst();

        assertThat(calculated.isPresent() ? (Double) calculated.getAsDouble() : null)
                .isEqualTo(burst);
    }

    /** M/M/3 at 93 % of the capacity: Erlang C gives 0.8707 that wait, 41 ms on average. */
    @Test
    void responseTime_ofThreeWorkers_isErlangs() {
        ResponseTime response = new ResponseTime(new FleetDemand(1, 279, 300, Duration.ofSeconds(1)));

        assertThat(response.mean(1e9)).isCloseTo(0.01 + 0.8707 / 21, within(1e-4));
        assertThat(response.late(0, 1e9)).isEqualTo(1);
        assertThat(response.late(1e-9, 1e9)).isCloseTo(1, within(1e-6));
        // (1 - C) e^-1 + C (100 e^-0.21 - 21 e^-1) / 79
        assertThat(response.late(0.01, 1e9)).isCloseTo(0.8558, within(1e-3));
        assertThat(response.late(0.5, 1e9)).isCloseTo(0.8707 * 100 / 79 * Math.exp(-21 * 0.5), withinPercentage(1));
    }

    /** After 37.75 ms waiting ends at 100/s, as service does: the sum of two equal exponential times has a form of its own. */
    @Test
    void responseTime_whereWaitingEndsAsFastAsService_isThatOfItsNeighbours() {
        ResponseTime response = new ResponseTime(new FleetDemand(1, 279, 300, Duration.ofSeconds(1)));
        double equal = Math.PI * 300 / (4 * 79 * 79);

        double late = response.late(0.01, equal);

        assertThat(late).isCloseTo(response.late(0.01, equal * 0.99), withinPercentage(0.5));
        assertThat(late).isCloseTo(response.late(0.01, equal * 1.01), withinPercentage(0.5));
    }

    /** Erlang's C, times 0.07 · 0.93^97.65 · 21/s, is 0.00107 a second: for r · 25 s far below 1 a wait of r · 25² / 2. */
    @Test
    void unsettled_ofAFleetNearItsCapacity_isAThirdOfASecond() {
        assertThat(new ResponseTime(new FleetDemand(1, 279, 300, Duration.ofSeconds(1))).unsettledSeconds())
                .isCloseTo(0.00107 * 25 * 25 / 2, withinPercentage(2));
        assertThat(new ResponseTime(new FleetDemand(1, 90, 300, Duration.ofSeconds(1))).unsettledSeconds())
                .isZero();
    }
}
