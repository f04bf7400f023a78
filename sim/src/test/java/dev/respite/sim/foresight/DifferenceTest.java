package dev.respite.sim.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.Layer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recovery of a service: 95 % of its calm success for 20 s, over each 5 s of them. */
class DifferenceTest {

    private static final Call CALL = new Call(new Layer("all", Incident.SERVICE, true), 0, 1, 0);
    private static final int CALLS = 1_000;
    private static final int END = 10;

    /** Counts {@value #CALLS} calls in each second, of which all succeed but the failures, by second. */
    private static CallCounts counts(Map<Integer, Integer> failures) {
        // A run of one call in ten minutes has the counts of nearly nothing.
        Fleet fleet = Fleet.of(1, 1.0 / 600, 80, Duration.ofSeconds(1));
        int warmUp = fleet.warmUpSeconds();
        CallCounts counts =
                CallCounts.of(fleet.scenario(Incident.PAUSE, 59, true), warmUp, RetryPolicy.parse("max-attempts=1"), 1);
        assertThat(counts.seconds()).isEqualTo(60);
        for (int second = -1; second < counts.seconds(); second++) {
            long ended = Math.round((warmUp + second + 0.5) * 1e9);
            for (int call = 0; call < CALLS; call++) {
                boolean fails = call < failures.getOrDefault(second, 0);
                counts.on(new CallEnded(ended, CALL, fails ? StopReason.ATTEMPTS_EXHAUSTED : StopReason.ACCEPTED, 0));
            }
        }
        return counts;
    }

    private static Difference difference(Map<Integer, Integer> failures) {
        return Difference.of(List.of(counts(failures)), List.of(counts(Map.of())), END);
    }

    /** The twenty seconds from the end of the incident, and the second after them. */
    @ParameterizedTest
    @CsvSource({"9, 0", "10, 1", "15, 6", "28, 19", "29, 20", "30, 0"})
    void recovery_withASecondThatFails_isAfterItUnlessTwentySecondsWereGood(int second, int recovery) {
        assertThat(difference(Map.of(second, CALLS)).recovery()).hasValue(recovery);
    }

    /** Each of the two is lost in the five seconds that end or begin with it, and both together are not. */
    @Test
    void recovery_countsEachFiveSeconds() {
        assertThat(difference(Map.of(14, 200)).recovery()).hasValue(0);
        assertThat(difference(Map.of(15, 200)).recovery()).hasValue(0);
        assertThat(difference(Map.of(14, 200, 15, 200)).recovery()).hasValue(5);
    }

    /** Only the last twenty seconds of the run are good. */
    @Test
    void recovery_inTheLastTwentySeconds_isFound() {
        assertThat(difference(Map.of(20, CALLS, 39, CALLS)).recovery()).hasValue(30);
    }

    @Test
    void recovery_withAFailureInEachTwentySeconds_isNone() {
        Difference difference = difference(Map.of(20, CALLS, 39, CALLS, 58, CALLS));
        assertThat(difference.recovery()).isEmpty();
        assertThat(difference.recoveryWithout()).hasValue(0);
    }
}
