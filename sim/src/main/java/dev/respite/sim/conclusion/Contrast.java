package dev.respite.sim.conclusion;

import dev.respite.sim.PolicySummary;
import java.util.OptionalDouble;

/**
 * A policy beside no retries, in the same runs.
 *
 * @param baseline the figures without retries
 * @param policy the figures of the policy
 * @param success by how much more of the calls succeed, from −1 to 1
 * @param recovery by how many seconds recovery comes earlier
 */
record Contrast(Figures baseline, Figures policy, Difference success, Difference recovery) {

    private static final double MORE_ATTEMPTS = 1.1;
    private static final double HIGHER_PEAK = 1.25;
    private static final double SLOWER = 1.5;
    private static final double MIN_MILLIS = 10;

    /** A saved call is worth a few attempts: at a failure rate of 80 %, retries that always work take five. */
    private static final double MAX_ATTEMPTS_PER_SAVED_CALL = 5;

    static Contrast of(PolicySummary baseline, PolicySummary policy, Evidence.Setting setting) {
        return new Contrast(
                Figures.of(baseline, setting),
                Figures.of(policy, setting),
                Spread.ofSuccess(baseline, policy, setting),
                Spread.ofRecovery(baseline, policy, setting));
    }

    Finding finding() {
        if (neverRecovers() && recovery.isWorse()) {
            return Finding.NEVER_RECOVERS;
        }
        if (success.isWorse()) {
            return Finding.FEWER_SUCCEED;
        }
        if (success.mayBeWorse()) {
            return Finding.FEWER_MAY_SUCCEED;
        }
        if (success.isBetter()) {
            return attemptsPerSavedCall() > MAX_ATTEMPTS_PER_SAVED_CALL
                    ? Finding.MORE_SUCCEED_AT_A_HIGH_COST
                    : Finding.MORE_SUCCEED;
        }
        if (recoversLater() && recovery.isWorse()) {
            return Finding.RECOVERS_LATER;
        }
        if (recovery.mayBeWorse()) {
            return Finding.MAY_RECOVER_LATER;
        }
        if (baseline.recovery().isEmpty() && policy.recovery().isPresent() && recovery.isBetter()) {
            return Finding.RECOVERS;
        }
        if (success.mayBeBetter()) {
            return Finding.MORE_MAY_SUCCEED;
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

    boolean neverRecovers() {
        return baseline.recovery().isPresent() && policy.recovery().isEmpty();
    }

    /** Returns whether the recovery of all seeds together takes longer, decided or not. */
    boolean recoversLater() {
        return baseline.recovery().isPresent() && policy.recovery().isPresent() && recovery.mean() <= -recovery.least();
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
