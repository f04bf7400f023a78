package dev.respite.sim.conclusion;

import dev.respite.sim.Figure;
import dev.respite.sim.PolicySummary;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The conclusion about a policy, compared with no retries. It is immutable, and computed from the figures of runs only. */
public final class Conclusion {

    private final String policy;
    private final Kind kind;
    private final Figure decidedBy;
    private final OptionalDouble calmRate;
    private final Evidence evidence;

    private Conclusion(String policy, Kind kind, Figure decidedBy, OptionalDouble calmRate, Evidence evidence) {
        this.policy = policy;
        this.kind = kind;
        this.decidedBy = decidedBy;
        this.calmRate = calmRate;
        this.evidence = evidence;
    }

    /** The kinds of conclusions. A harm decides, wherever it is; then calls that are saved, first those in the scenario. */
    enum Kind {
        /** It makes no retries: the policy that others are compared with. */
        BASELINE,
        /** It does worse than no retries. */
        HARM,
        /** It does worse than no retries in a calm run, and not in the scenario. */
        HARM_WHEN_CALM,
        /** It does better than no retries. */
        GAIN,
        /** More calls succeed than without retries, for more attempts than they are worth. */
        COSTLY_GAIN,
        /** It saves calls in a calm run, and none in the scenario. */
        GAIN_WHEN_CALM,
        /** The seeds decide neither a harm nor that there is none. */
        NOT_DECIDED,
        /** It gains nothing, and costs load or time. */
        COST_WITHOUT_GAIN,
        /** It does as no retries do. */
        NO_DIFFERENCE;

        /** Returns the name in reports and in JSON. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * Draws the conclusions of a comparison.
     *
     * @param summaries the policies, of one {@link dev.respite.sim.Comparison}
     * @return one for each policy, in their order; none if all of them retry, so that there is nothing to compare with
     */
    public static List<Conclusion> of(List<PolicySummary> summaries) {
        Optional<PolicySummary> baseline = summaries.stream()
                .filter(summary -> summary.policy().limits().maxAttempts() == 1)
                .findFirst();
        return baseline.map(none -> summaries.stream()
                        .map(summary -> summary.name().equals(none.name())
                                ? baseline(summary.name(), Evidence.of(none, none))
                                : of(summary.name(), Evidence.of(none, summary)))
                        .toList())
                .orElse(List.of());
    }

    private static Conclusion baseline(String policy, Evidence evidence) {
        return new Conclusion(policy, Kind.BASELINE, Figure.SUCCESS, OptionalDouble.empty(), evidence);
    }

    /** Draws the conclusion about a policy that retries. */
    static Conclusion of(String policy, Evidence evidence) {
        Finding here = evidence.outcome().finding();
        Optional<Evidence.Calm> calm = evidence.decisiveCalm();
        Finding there = calm.map(run -> run.contrast().finding()).orElse(Finding.NO_DIFFERENCE);
        if (calm.isPresent() && isDecidedBy(there, here)) {
            OptionalDouble rate = OptionalDouble.of(calm.get().failureRate());
            Kind kind = there.isHarm() ? Kind.HARM_WHEN_CALM : there.isGain() ? Kind.GAIN_WHEN_CALM : Kind.NOT_DECIDED;
            return new Conclusion(policy, kind, there.decidedBy(), rate, evidence);
        }
        return new Conclusion(policy, kind(here), here.decidedBy(), OptionalDouble.empty(), evidence);
    }

    /** A harm decides, wherever it is; then a harm that is not excluded; then calls that are saved. */
    private static boolean isDecidedBy(Finding calm, Finding here) {
        if (here.isHarm() || calm.isHarm()) {
            return !here.isHarm();
        }
        if (here.mayHarm() || calm.mayHarm()) {
            return !here.mayHarm();
        }
        if (here.isGain() || calm.isGain()) {
            return calm.savesCalls() ? !here.savesCalls() : !here.isGain();
        }
        return calm.isUndecided() && !here.isUndecided();
    }

    private static Kind kind(Finding here) {
        if (here.isHarm()) {
            return Kind.HARM;
        }
        if (here.isGain()) {
            return here == Finding.MORE_SUCCEED_AT_A_HIGH_COST ? Kind.COSTLY_GAIN : Kind.GAIN;
        }
        if (here.isUndecided()) {
            return Kind.NOT_DECIDED;
        }
        return here.isCost() ? Kind.COST_WITHOUT_GAIN : Kind.NO_DIFFERENCE;
    }

    /**
     * {@return the conclusion as one or two sentences of at most 550 characters: the gain or loss, the cost, and, in brackets,
     * the column that decides}
     */
    public String text() {
        return new ConclusionText(this).text();
    }

    /** {@return the name of the policy in the comparison} */
    public String policy() {
        return policy;
    }

    /** {@return the name of the kind of the conclusion in reports and in JSON, such as {@code harm} or {@code costly gain}} */
    public String label() {
        return kind.toString();
    }

    Kind kind() {
        return kind;
    }

    /** {@return the figure that decides} */
    public Figure decidedBy() {
        return decidedBy;
    }

    /** {@return the failure rate, a ratio, of the calm run that decides; empty if the scenario itself decides} */
    public OptionalDouble calmRate() {
        return calmRate;
    }

    /**
     * {@return the percentage points by which more calls succeed in the scenario than without retries, as the mean over the
     * seeds; negative if fewer succeed}
     */
    public double savedPoints() {
        return 100 * evidence.outcome().success().mean();
    }

    /** {@return half the width of the 95 % interval of {@link #savedPoints()}, in percentage points} */
    public double savedPointsError() {
        return 100 * evidence.outcome().success().error();
    }

    Evidence evidence() {
        return evidence;
    }
}
