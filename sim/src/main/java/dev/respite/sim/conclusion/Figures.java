package dev.respite.sim.conclusion;

import dev.respite.sim.Figure;
import dev.respite.sim.PolicySummary;
import java.util.OptionalDouble;

/**
 * The figures of a policy that a conclusion rests on.
 *
 * @param success the part of the calls that succeeded, from 0 to 1
 * @param amplification attempts for each call, at the service in focus
 * @param peak the most requests at that service in a second; of a burst, the most retries within a tenth of a second
 * @param recovery whole seconds from the end of the last fault until goodput was back; empty if it was not, or if that is not to
 *     be seen
 * @param answerMillis the time within which 99 % of the calls had an answer, failures included; empty if fewer ever had one
 */
record Figures(
        double success, double amplification, double peak, OptionalDouble recovery, OptionalDouble answerMillis) {

    static Figures of(PolicySummary summary, Evidence.Setting setting) {
        Figure peak = setting == Evidence.Setting.BURST ? Figure.PEAK_RETRIES : Figure.PEAK;
        return new Figures(
                summary.successRatio(),
                Figure.AMPLIFICATION.of(summary).orElse(0),
                peak.of(summary).orElse(0),
                // A scenario without a fault has nothing to recover from.
                setting == Evidence.Setting.FAULT ? Figure.RECOVERY.of(summary) : OptionalDouble.empty(),
                Figure.ALL_P99.of(summary));
    }
}
