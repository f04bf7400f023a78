package dev.respite.sim.conclusion;

import dev.respite.sim.PolicySummary;
import java.util.OptionalDouble;

/**
 * A policy beside no retries, in the same runs.
 *
 * @param baseline the figures without retries
 * @param policy the figures of the policy
 * @param success by how much more of the calls succeed
 */
record Contrast(Figures baseline, Figures policy, Difference success) {

    /** Seconds by which recovery may be later, as it is measured in whole seconds. */
    private static final double RECOVERY_SLACK = 2;

    private static final double MORE_ATTEMPTS = 1.1;
    private static final double HIGHER_PEAK = 1.25;
    private static final double SLOWER = 1.5;
    private static final double MIN_MILLIS = 10;

    /** A saved call is worth a few attempts: at a failure rate of 80 %, retries that always work take five. */
    private static final double MAX_ATTEMPTS_PER_SAVED_CALL = 5;

    static Contrast of(PolicySummary baseline, PolicySummary policy, Evidence.Setting setting) {
        return new Contrast(
                Figures.of(baseline, setting), Figures.of(policy, setting), Difference.of(baseline, policy));
    }

    Finding finding() {
        if (baseline.recovery().isPresent() && policy.recovery().isEmpty()) {
            return Finding.NEVER_RECOVERS;
        }
        if (success.isLess()) {
            return Finding.FEWER_SUCCEED;
        }
        if (success.isMore()) {
            return attemptsPerSavedCall() > MAX_ATTEMPTS_PER_SAVED_CALL
                    ? Finding.MORE_SUCCEED_AT_A_HIGH_COST
                    : Finding.MORE_SUCCEED;
        }
        if (recoversLater()) {
            return Finding.RECOVERS_LATER;
        }
        if (baseline.recovery().isEmpty() && policy.recovery().isPresent()) {
            return Finding.RECOVERS;
        }
        if (makesMoreAttempts()) {
            return Finding.ONLY_MORE_ATTEMPTS;
        }
        if (hasHigherPeak()) {
            return Finding.ONLY_A_HIGHER_PEAK;
        }
        if (answersLater()) {
            return Finding.ONLY_LATER_ANSWERS;
        }
        return answersSooner() ? Finding.ANSWERS_SOONER : Finding.NO_DIFFERENCE;
    }

    /** The price of a gain: attempts beyond those without retries, for each call that succeeds thanks to them. */
    double attemptsPerSavedCall() {
        return (policy.amplification() - baseline.amplification()) / success.mean();
    }

    boolean recoversLater() {
        return baseline.recovery().isPresent()
                && policy.recovery().isPresent()
                && policy.recovery().getAsDouble() > baseline.recovery().getAsDouble() + RECOVERY_SLACK;
    }

    private boolean makesMoreAttempts() {
        return policy.amplification() > baseline.amplification() * MORE_ATTEMPTS;
    }

    boolean hasHigherPeak() {
        return policy.peak() > baseline.peak() * HIGHER_PEAK;
    }

    boolean answersLater() {
        return baseline.answerMillis().isPresent()
                && (policy.answerMillis().isEmpty()
                        || isLonger(
                                policy.answerMillis(), baseline.answerMillis().getAsDouble()));
    }

    private boolean answersSooner() {
        return policy.answerMillis().isPresent()
                && baseline.answerMillis().isPresent()
                && isLonger(baseline.answerMillis(), policy.answerMillis().getAsDouble());
    }

    private static boolean isLonger(OptionalDouble millis, double than) {
        return millis.orElse(0) > SLOWER * than && millis.orElse(0) > than + MIN_MILLIS;
    }
}
