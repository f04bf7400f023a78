package dev.respite.sim;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Holds a run to what you can bear, in a test of your own. Each method throws an {@link AssertionError} with the measured value.
 */
public final class SimulationAssert {

    private final SimulationResult result;

    private SimulationAssert(SimulationResult result) {
        this.result = result;
    }

    /**
     * Begins to check a run.
     *
     * @param result the run
     * @return the checks
     */
    public static SimulationAssert assertThat(SimulationResult result) {
        return new SimulationAssert(result);
    }

    /**
     * Goodput is back within a time after the last fault, as {@link SimulationResult#recoverySeconds()} counts it.
     *
     * @param most the longest time
     * @return these checks
     */
    public SimulationAssert recoversWithin(Duration most) {
        OptionalInt took = result.recoverySeconds();
        if (!result.scenario().showsRecovery()) {
            throw failure("to recover within " + most.toSeconds()
                    + " s, and the run ends less than 20 s after its last fault, too early to see that");
        }
        if (took.isEmpty()) {
            throw failure("to recover within " + most.toSeconds() + " s, and it never did");
        }
        if (Duration.ofSeconds(took.getAsInt()).compareTo(most) > 0) {
            throw failure("to recover within " + most.toSeconds() + " s, and it took " + took.getAsInt() + " s");
        }
        return this;
    }

    /**
     * There are no more attempts for each call than that.
     *
     * @param most attempts for each call, on average
     * @return these checks
     */
    public SimulationAssert amplifiesAtMost(double most) {
        if (result.amplification() > most) {
            throw failure(String.format(
                    Locale.ROOT,
                    "at most %s attempts for each call, and there were %.3f",
                    most,
                    result.amplification()));
        }
        return this;
    }

    /**
     * Enough calls succeed.
     *
     * @param least the ratio of all calls, from 0 to 1
     * @return these checks
     */
    public SimulationAssert succeedsAtLeast(double least) {
        double ratio = result.successRatio();
        if (ratio < least) {
            throw failure(String.format(
                    Locale.ROOT, "at least %s of the calls to succeed, and %.4f of them did", least, ratio));
        }
        return this;
    }

    private AssertionError failure(String what) {
        return new AssertionError(
                "scenario '" + result.scenario().name() + "', seed " + result.seed() + ": expected " + what);
    }
}
