package dev.respite.sim.occ;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.sim.occ.OptimisticLockingExperiment.Result;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The AWS experiment, against the means of its published simulator at 100 clients. */
@Tag("slow")
class OptimisticLockingExperimentTest {

    /** At 400, the means are within 3 % of the published ones: {@code -Drespite.sim.repeats=400}. */
    private static final int REPEATS = Integer.getInteger("respite.sim.repeats", 60);

    private static final double CLOSE = REPEATS >= 400 ? 0.03 : 0.06;

    @ParameterizedTest
    @CsvSource({
        "none,          2030, 2423",
        "exponential,  63300, 1853",
        "equal,         6640,  812",
        "full,          4900,  795",
        "decorrelated,  4590, 1002"
    })
    void means_ofAHundredClients_areThePublishedOnes(String strategy, double timeMs, double calls) {
        Result result = OptimisticLockingExperiment.run(strategy, 100, REPEATS, 1);
        assertThat(result.meanTimeMs() / timeMs).as("time").isCloseTo(1, within(CLOSE));
        assertThat(result.meanCalls() / calls).as("calls").isCloseTo(1, within(CLOSE));
    }

    @Test
    void oneClient_writesOnce_inFourMessages() {
        Result result = OptimisticLockingExperiment.run("full", 1, 200, 1);
        assertThat(result.meanCalls()).isEqualTo(1);
        assertThat(result.meanTimeMs()).isCloseTo(40, within(1.0));
    }

    @Test
    void unknownStrategy_isRefused_withTheNearest() {
        assertThatThrownBy(() -> OptimisticLockingExperiment.run("ful", 10, 1, 1))
                .hasMessageContaining("did you mean 'full'?");
    }
}
