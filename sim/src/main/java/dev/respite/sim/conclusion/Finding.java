package dev.respite.sim.conclusion;

import dev.respite.sim.Figure;

/** The effect of a policy in some runs, compared with no retries: the first of these that is true. */
enum Finding {
    NEVER_RECOVERS(Effect.HARM, Figure.RECOVERY),
    FEWER_SUCCEED(Effect.HARM, Figure.SUCCESS),
    FEWER_MAY_SUCCEED(Effect.UNDECIDED_HARM, Figure.SUCCESS),
    MORE_SUCCEED_AT_A_HIGH_COST(Effect.GAIN, Figure.AMPLIFICATION),
    MORE_SUCCEED(Effect.GAIN, Figure.SUCCESS),
    RECOVERS_LATER(Effect.HARM, Figure.RECOVERY),
    MAY_RECOVER_LATER(Effect.UNDECIDED_HARM, Figure.RECOVERY),
    RECOVERS(Effect.GAIN, Figure.RECOVERY),
    MORE_MAY_SUCCEED(Effect.UNDECIDED_GAIN, Figure.SUCCESS),
    ONLY_MORE_ATTEMPTS(Effect.COST, Figure.AMPLIFICATION),
    ONLY_A_HIGHER_PEAK(Effect.COST, Figure.PEAK),
    ONLY_LATER_ANSWERS(Effect.COST, Figure.ALL_P99),
    ANSWERS_SOONER(Effect.GAIN, Figure.ALL_P99),
    NO_DIFFERENCE(Effect.NONE, Figure.SUCCESS);

    enum Effect {
        HARM,
        GAIN,
        COST,
        UNDECIDED_HARM,
        UNDECIDED_GAIN,
        NONE
    }

    private final Effect effect;
    private final Figure decidedBy;

    Finding(Effect effect, Figure decidedBy) {
        this.effect = effect;
        this.decidedBy = decidedBy;
    }

    boolean isHarm() {
        return effect == Effect.HARM;
    }

    boolean isGain() {
        return effect == Effect.GAIN;
    }

    /** Returns whether the gain is calls that would have failed, which is worth more than time. */
    boolean savesCalls() {
        return isGain() && this != ANSWERS_SOONER;
    }

    /** Returns whether the seeds exclude no harm, or show a gain that they do not decide. */
    boolean isUndecided() {
        return effect == Effect.UNDECIDED_HARM || effect == Effect.UNDECIDED_GAIN;
    }

    boolean mayHarm() {
        return effect == Effect.UNDECIDED_HARM;
    }

    boolean isCost() {
        return effect == Effect.COST;
    }

    Figure decidedBy() {
        return decidedBy;
    }
}
