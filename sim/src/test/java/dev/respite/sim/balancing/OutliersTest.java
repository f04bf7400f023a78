package dev.respite.sim.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.Ejection;
import dev.respite.sim.scenario.Ejection.Consecutive;
import dev.respite.sim.scenario.Ejection.FailureRatio;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which replicas are ejected, and until when. */
class OutliersTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Duration TIME = Duration.ofSeconds(10);

    private static Outliers outliers(Ejection.Rule rule, double most, int replicas) {
        return Outliers.of(new Ejection(rule, TIME, most), replicas);
    }

    private static void record(Outliers outliers, int replica, int succeeded, int failed, long now) {
        outliers.advanceTo(now);
        IntStream.range(0, succeeded).forEach(i -> outliers.record(replica, false, now));
        IntStream.range(0, failed).forEach(i -> outliers.record(replica, true, now));
    }

    private static int[] ejected(Outliers outliers, int replicas, long now) {
        outliers.advanceTo(now);
        return IntStream.range(0, replicas)
                .filter(replica -> outliers.isEjected(replica, now))
                .toArray();
    }

    @Test
    void failuresInARow_eject_untilTheTimeIsOver() {
        Outliers outliers = outliers(new Consecutive(3), 0.5, 4);
        record(outliers, 2, 0, 2, SECOND);
        record(outliers, 2, 1, 2, SECOND);
        assertThat(ejected(outliers, 4, SECOND)).isEmpty();
        record(outliers, 2, 0, 1, 2 * SECOND);
        assertThat(ejected(outliers, 4, 2 * SECOND)).containsExactly(2);
        assertThat(ejected(outliers, 4, 12 * SECOND - 1)).containsExactly(2);
        assertThat(ejected(outliers, 4, 12 * SECOND)).isEmpty();
        record(outliers, 2, 0, 2, 12 * SECOND);
        assertThat(ejected(outliers, 4, 12 * SECOND)).as("it counts anew").isEmpty();
        record(outliers, 2, 0, 1, 12 * SECOND);
        assertThat(ejected(outliers, 4, 12 * SECOND)).containsExactly(2);
    }

    @Test
    void whatComesFromAnEjectedReplica_neitherExtendsItsTime_norCountsLater() {
        Outliers outliers = outliers(new Consecutive(2), 0.5, 2);
        record(outliers, 0, 0, 2, 0);
        record(outliers, 0, 0, 5, 9 * SECOND);
        assertThat(ejected(outliers, 2, 10 * SECOND)).isEmpty();
        record(outliers, 0, 0, 1, 10 * SECOND);
        assertThat(ejected(outliers, 2, 10 * SECOND)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.5, 5, 2", "0.4, 5, 2", "0.2, 5, 1", "0.1, 30, 3", "1, 3, 3"})
    void atMostAPart_isEjected_andOneMoreWhenAnotherIsBack(double most, int replicas, int expected) {
        Outliers outliers = outliers(new Consecutive(1), most, replicas);
        for (int replica = 0; replica < replicas; replica++) {
            record(outliers, replica, 0, 1, replica);
        }
        assertThat(ejected(outliers, replicas, SECOND)).hasSize(expected);
        if (expected < replicas) {
            record(outliers, replicas - 1, 0, 1, 10 * SECOND);
            assertThat(ejected(outliers, replicas, 10 * SECOND)).contains(replicas - 1);
        }
    }

    @Test
    void ratio_isThatOfAnInterval_andEjectsAtItsEnd() {
        Outliers outliers = outliers(new FailureRatio(0.5, 4, Duration.ofSeconds(2)), 0.5, 4);
        record(outliers, 0, 2, 2, SECOND);
        record(outliers, 1, 3, 2, SECOND);
        record(outliers, 3, 0, 3, SECOND);
        assertThat(ejected(outliers, 4, 2 * SECOND - 1)).isEmpty();
        assertThat(ejected(outliers, 4, 2 * SECOND)).containsExactly(0);
        record(outliers, 3, 0, 3, 3 * SECOND);
        assertThat(ejected(outliers, 4, 4 * SECOND))
                .as("three are too few again")
                .containsExactly(0);
        assertThat(ejected(outliers, 4, 12 * SECOND - 1)).containsExactly(0);
        assertThat(ejected(outliers, 4, 12 * SECOND)).isEmpty();
    }

    @Test
    void ratio_thatIsNoticedLate_hasEjectedAtTheEndOfItsInterval() {
        Outliers outliers = outliers(new FailureRatio(0.5, 1, Duration.ofSeconds(2)), 0.5, 4);
        record(outliers, 0, 0, 1, SECOND);
        assertThat(ejected(outliers, 4, 11 * SECOND)).containsExactly(0);
        assertThat(ejected(outliers, 4, 12 * SECOND)).isEmpty();
        record(outliers, 1, 0, 1, 13 * SECOND);
        assertThat(ejected(outliers, 4, 14 * SECOND))
                .as("intervals go on from 0")
                .containsExactly(1);
    }

    @Test
    void ratio_ejectsTheWorstFirst() {
        Outliers outliers = outliers(new FailureRatio(0.5, 4, Duration.ofSeconds(2)), 0.5, 4);
        record(outliers, 0, 4, 6, SECOND);
        record(outliers, 1, 1, 9, SECOND);
        record(outliers, 2, 2, 8, SECOND);
        record(outliers, 3, 5, 5, SECOND);
        assertThat(ejected(outliers, 4, 2 * SECOND)).containsExactly(1, 2);
    }
}
