package dev.respite.benchmarks.foresight;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import dev.respite.sim.foresight.Foresight.Risk;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * A forecast beside what the simulator does.
 *
 * @param setting the fleet
 * @param foresight what is forecast for it
 * @param with seconds until a run with retries is well again, for each seed
 * @param without the same without retries
 */
record ForesightComparison(Setting setting, Foresight foresight, List<Double> with, List<Double> without) {

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");

    static ForesightComparison of(Setting setting, int seeds) {
        FleetDemand demand = new FleetDemand(setting.clients(), setting.rate(), setting.capacity(), setting.timeout());
        return new ForesightComparison(
                setting,
                Foresight.of(setting.policy(), demand),
                recoveries(setting, setting.policy(), seeds),
                recoveries(setting.withOneClient(), NONE, seeds));
    }

    private static List<Double> recoveries(Setting setting, RetryPolicy policy, int seeds) {
        return LongStream.rangeClosed(1, seeds)
                .mapToObj(seed -> setting.recovery(policy, seed))
                .toList();
    }

    /** The first target: on average at most 1.3 times as long as without retries, and 2 s. */
    boolean isHarmed() {
        return mean(with) > 1.3 * mean(without) + 2;
    }

    private static double mean(List<Double> seconds) {
        return seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    boolean agrees() {
        return foresight.isHarmful() == isHarmed();
    }

    boolean isFalselySafe() {
        return isHarmed() && !foresight.isHarmful();
    }

    boolean isClose() {
        return foresight.risk() == Risk.CLOSE;
    }

    /** Whether the worst recovery differs from that of the worst run by at most 3 s or a factor of 2. */
    boolean recoveryAgrees() {
        double worst = with.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        double forecast = seconds(foresight.recovery().seconds());
        return Math.abs(worst - forecast) <= 3 || worst <= 2 * forecast && forecast <= 2 * worst;
    }

    private static double seconds(OptionalInt seconds) {
        return seconds.isPresent() ? seconds.getAsInt() : Setting.NEVER;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %s, simulated %s s, without retries %s s; forecast %s, %.0f s, without retries %.0f s",
                setting,
                isHarmed() ? "harmed" : "not harmed",
                with,
                without,
                foresight.risk(),
                seconds(foresight.recovery().seconds()),
                seconds(foresight.recovery().withoutRetries()));
    }
}
