package dev.respite.sim.foresight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight.Risk;
import dev.respite.sim.foresight.Foresight.Situation;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForesightTest {

    private static final Fleet FLEET = Fleet.of(20, 64, 80, Duration.ofSeconds(1));

    private static Risk risk(String policy, Incident incident) {
        return Experiment.risk(FLEET, incident, RetryPolicy.parse(policy));
    }

    /** Three attempts for each call are 192 requests a second for 80. {@code explain} has the same in {@code verify}. */
    @Tag("slow")
    @Test
    void foresight_withoutBudget_isHarmfulInOutages() {
        Foresight foresight = Foresight.of(RetryPolicy.parse("budget=off"), 20, 64, 80, Duration.ofSeconds(1));

        assertThat(foresight.risk()).isEqualTo(Risk.HARMFUL);
        assertThat(foresight.change()).hasValue("budget=fleet clients=20");
        assertThat(foresight.calm()).isGreaterThan(0.98);
        assertThat(foresight.situations())
                .extracting(Situation::name)
                .containsExactly(
                        "5 % errors", "20 % errors", "pause of 1 s", "black hole of 10 s", "half failing for 30 s");
        Situation hole = foresight.situations().get(3);
        assertThat(hole.risk()).isEqualTo(Risk.HARMFUL);
        assertThat(hole.recovery()).isEmpty();
        assertThat(hole.recoveryWithoutRetries()).hasValue(0);
        assertThat(hole.succeeded()).isLessThan(0.2);
        assertThat(hole.succeededWithoutRetries()).isGreaterThan(0.8);
        assertThat(foresight.situations().get(0).risk()).isEqualTo(Risk.NONE);
        assertThat(foresight.worst().recovery()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', BLACK_HOLE, NONE",
        "clients=20, HALF_FAILING, NONE",
        "budget=off, HALF_FAILING, HARMFUL",
        "budget=off max-attempts=1, BLACK_HOLE, NONE",
        "budget=off stop-on=timeout, BLACK_HOLE, NONE",
        "budget=off total-timeout=900ms, BLACK_HOLE, NONE"
    })
    void risk_ofAnIncident_dependsOnTheRetries(String policy, Incident incident, Risk risk) {
        assertThat(risk(policy, incident)).isEqualTo(risk);
    }

    /** A timeout close to the response times multiplies the work, as nothing else does in a calm period. */
    @Test
    void change_ofAnAttemptTimeoutThatIsTooShort_isALongerOne() {
        Fleet fleet = Fleet.of(20, 41.5, 50, Duration.ofSeconds(2));
        RetryPolicy policy = RetryPolicy.parse("budget=off attempt-timeout=500ms total-timeout=2s");

        assertThat(Experiment.risk(fleet, Incident.ERRORS_5, policy)).isEqualTo(Risk.HARMFUL);
        assertThat(new Remedy(policy, fleet, Incident.ERRORS_5).change())
                .hasValueSatisfying(change -> assertThat(change).isIn("attempt-timeout=2s", "budget=fleet clients=20"));
    }

    /** A timeout of 50 ms ends 4 % of the calls, whatever the policy is. */
    @Test
    void risk_whereCallsFailWithoutRetries_isUnknown() {
        Fleet fleet = Fleet.of(20, 100, 200, Duration.ofMillis(50));
        RetryPolicy policy = RetryPolicy.parse("max-attempts=1");

        assertThat(Experiment.run(fleet, Incident.BLACK_HOLE, policy).calm()).isBetween(0.94, Foresight.MIN_CALM);
        assertThat(Experiment.risk(fleet, Incident.BLACK_HOLE, policy)).isEqualTo(Risk.UNKNOWN);
    }

    /** In most runs the service recovers, in few it never does. */
    @Test
    void risk_whereOneRunDoesNotRecover_isUnknown() {
        Fleet fleet = Fleet.of(2, 13.875, 15.64, Duration.ofMillis(5_161));
        RetryPolicy policy = RetryPolicy.parse("max-attempts=5 budget=10%");

        assertThat(Experiment.risk(fleet, Incident.HALF_FAILING, policy)).isEqualTo(Risk.UNKNOWN);
    }

    @Test
    void risk_ofTheSameArguments_isTheSame() {
        RetryPolicy policy = RetryPolicy.parse("budget=10%");

        assertThat(Experiment.run(FLEET, Incident.PAUSE, policy))
                .isEqualTo(Experiment.run(FLEET, Incident.PAUSE, policy));
    }

    @Test
    void fleet_ofALargeService_isScaledWithItsClients() {
        Fleet scaled = Fleet.of(60_000, 2_400, 3_000, Duration.ofSeconds(1))
                .scaled(RetryPolicy.defaults().limits());

        assertThat(scaled.capacity()).isCloseTo(80, within(1e-9));
        assertThat(scaled.rate() / scaled.capacity()).isCloseTo(0.8, within(1e-9));
        assertThat(scaled.clients() / scaled.rate()).isCloseTo(25, within(0.1));
        assertThat(scaled.warmUpSeconds()).isEqualTo(75);
    }

    @ParameterizedTest
    @CsvSource({"80, 1000", "400, 200", "1000, 60"})
    void fleet_ofFewRequestsInATimeout_isNotScaled(double capacity, int millis) {
        Fleet fleet = Fleet.of(100, 0.8 * capacity, capacity, Duration.ofMillis(millis));

        assertThat(fleet.scaled(RetryPolicy.defaults().limits())).isEqualTo(fleet);
    }

    /** A full service fluctuates in proportion to its spare capacity. */
    @Test
    void fleet_ofAFullService_isScaledLess() {
        Fleet fleet = Fleet.of(100, 285, 300, Duration.ofSeconds(1));

        assertThat(fleet.scaled(RetryPolicy.defaults().limits()).capacity()).isCloseTo(240, within(1e-6));
    }

    @Test
    void fleet_atOrAboveTheCapacity_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fleet.of(1, 300, 300, Duration.ofSeconds(1)))
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
    void fleet_outOfRange_isRejected(int clients, double rate, double capacity, int seconds, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fleet.of(clients, rate, capacity, Duration.ofSeconds(seconds)))
                .withMessageStartingWith(message + ": must be from ");
    }
}
