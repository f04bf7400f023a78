package dev.respite.sim.conclusion;

import dev.respite.sim.Figure;
import dev.respite.text.ValueFormat;
import java.util.Locale;
import java.util.OptionalDouble;

/** Puts a conclusion into words. Numbers have the digits of the tables. */
final class ConclusionText {

    private final Conclusion conclusion;
    private final Evidence evidence;
    private final Contrast outcome;

    ConclusionText(Conclusion conclusion) {
        this.conclusion = conclusion;
        this.evidence = conclusion.evidence();
        this.outcome = evidence.outcome();
    }

    String text() {
        return switch (conclusion.kind()) {
            case BASELINE -> "Baseline: " + baseline();
            case HARM_WHEN_CALM, GAIN_WHEN_CALM -> decidedByCalm();
            case NOT_DECIDED ->
                conclusion.calmRate().isPresent()
                        ? decidedByCalm()
                        : lead() + effect(outcome) + cost() + more(outcome) + "."
                                + evidence.decisiveCalm().map(this::calmBeside).orElse("");
            default ->
                lead() + effect(outcome) + cost() + reason() + "."
                        + evidence.decisiveCalm().map(this::calmBeside).orElse("");
        };
    }

    private String decidedByCalm() {
        Evidence.Calm calm = evidence.decisiveCalm().orElseThrow();
        return lead() + calm(calm) + others(calm) + more(calm.contrast()) + ". " + beside();
    }

    /** Names the calm runs whose difference has the other sign than the decisive one. */
    private String others(Evidence.Calm decisive) {
        StringBuilder others = new StringBuilder();
        for (Evidence.Calm calm : evidence.calm()) {
            Difference difference = calm.contrast().success();
            boolean isOpposite =
                    difference.mean() * decisive.contrast().success().mean() < 0;
            if (isOpposite && Math.abs(difference.mean()) >= difference.least()) {
                others.append(", but at ")
                        .append(ValueFormat.percent(calm.failureRate()))
                        .append(' ')
                        .append(points(difference));
            }
        }
        return others.toString();
    }

    /** Names the number of seeds that decide, where these do not. */
    private String more(Contrast contrast) {
        if (!contrast.finding().isUndecided()) {
            return "";
        }
        Difference difference =
                contrast.finding().decidedBy() == Figure.RECOVERY ? contrast.recovery() : contrast.success();
        return String.format(
                Locale.ROOT, "; about %,d seeds would decide it", difference.decidingSeeds(evidence.seeds()));
    }

    /** The kind, and the column of a table that decides. */
    private String lead() {
        String kind = conclusion.kind().toString();
        if (conclusion.kind() == Conclusion.Kind.NOT_DECIDED) {
            kind += evidence.seeds() == 1 ? " by 1 seed" : " by " + evidence.seeds() + " seeds";
        }
        OptionalDouble rate = conclusion.calmRate();
        String column = conclusion.decidedBy().heading()
                + (rate.isPresent() ? " at " + ValueFormat.percent(rate.getAsDouble()) : "");
        return kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1) + " (" + column + "): ";
    }

    private String baseline() {
        String calm = evidence.calm().isEmpty()
                ? ""
                : ", and without the fault "
                        + percent(last(evidence).baseline().success()) + " with "
                        + ValueFormat.percent(
                                evidence.calm().get(evidence.calm().size() - 1).failureRate())
                        + " random failures";
        return "without retries " + percent(outcome.baseline().success()) + " of calls succeed" + calm + ".";
    }

    private static Contrast last(Evidence evidence) {
        return evidence.calm().get(evidence.calm().size() - 1).contrast();
    }

    /** Describes the scenario itself, where a calm run decides. */
    private String beside() {
        Finding finding = outcome.finding();
        String how = finding.isUndecided()
                ? "With the fault nothing is decided: "
                : finding == Finding.NO_DIFFERENCE
                        ? "With the fault it makes no difference: "
                        : finding.isGain() ? "With the fault it gains: " : "With the fault it gains nothing: ";
        return how + effect(outcome) + cost() + reason() + ".";
    }

    private String calmBeside(Evidence.Calm calm) {
        boolean outweighed =
                outcome.finding().isHarm() && calm.contrast().finding().isGain();
        String sentence = calm(calm);
        return " " + sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + others(calm)
                + (outweighed ? "; that does not outweigh the harm." : ".");
    }

    private String calm(Evidence.Calm calm) {
        return "with " + ValueFormat.percent(calm.failureRate()) + " random failures and no fault, "
                + effect(calm.contrast()) + attempts(calm.contrast());
    }

    private String effect(Contrast contrast) {
        return switch (contrast.finding()) {
            case NEVER_RECOVERS -> "it never recovers after the fault, and " + success(contrast);
            case MAY_RECOVER_LATER ->
                "it " + recovers(contrast.policy()) + ", without retries it " + recovers(contrast.baseline()) + "; "
                        + success(contrast);
            case RECOVERS_LATER ->
                "it recovers " + seconds(contrast.policy()) + " after the fault, without retries after "
                        + seconds(contrast.baseline()) + "; " + success(contrast);
            case RECOVERS ->
                "it recovers " + seconds(contrast.policy()) + " after the fault, without retries never; "
                        + success(contrast);
            case ANSWERS_SOONER -> times(contrast) + "; " + success(contrast);
            case FEWER_SUCCEED -> "only " + success(contrast);
            default -> success(contrast);
        };
    }

    private String success(Contrast contrast) {
        String with = percent(contrast.policy().success());
        String without = percent(contrast.baseline().success());
        String both = with.equals(without)
                ? with + " of calls succeed with and without retries"
                : with + " of calls succeed, " + without + " without retries";
        return evidence.seeds() > 1 || contrast.finding().isUndecided()
                ? both + " (" + points(contrast.success()) + ")"
                : both;
    }

    /** The difference with its 95 % interval. */
    private static String points(Difference success) {
        return String.format(Locale.ROOT, "%+.2f ± %.2f points", 100 * success.mean(), 100 * success.error())
                .replace("-0.00", "+0.00");
    }

    /** Describes the cost of the policy in the scenario: attempts, and whatever is worse than without retries. */
    private String cost() {
        StringBuilder cost = new StringBuilder(attempts(outcome));
        if (outcome.hasHigherPeak()) {
            cost.append(peak(outcome));
        }
        if (outcome.finding().decidedBy() != Figure.RECOVERY) {
            cost.append(recovery());
        }
        if (outcome.answersLater()) {
            cost.append("; ").append(times(outcome));
        }
        return cost.toString();
    }

    private String recovery() {
        if (outcome.neverRecovers()) {
            return "; it never recovers";
        }
        return outcome.recoversLater()
                ? "; recovery takes " + seconds(outcome.policy()) + " instead of " + seconds(outcome.baseline())
                : "";
    }

    private static String attempts(Contrast contrast) {
        String attempts =
                ", at " + Figure.AMPLIFICATION.format(contrast.policy().amplification()) + " attempts per call";
        return contrast.finding() == Finding.MORE_SUCCEED_AT_A_HIGH_COST
                ? attempts
                        + String.format(
                                Locale.ROOT, " (%,.0f extra for each call saved)", contrast.attemptsPerSavedCall())
                : attempts;
    }

    private String peak(Contrast contrast) {
        String peak = Figure.PEAK.format(contrast.policy().peak());
        return evidence.setting() == Evidence.Setting.BURST
                ? " and up to " + peak + " retries within 100 ms"
                : " and a peak of " + peak + "/s instead of "
                        + Figure.PEAK.format(contrast.baseline().peak()) + "/s";
    }

    private static String times(Contrast contrast) {
        OptionalDouble policy = contrast.policy().answerMillis();
        return policy.isEmpty()
                ? "1% of calls or more never have an answer"
                : "99% of answers come within " + time(policy) + " instead of "
                        + time(contrast.baseline().answerMillis());
    }

    private String reason() {
        return outcome.finding() == Finding.NO_DIFFERENCE && evidence.isFailingInFaultOnly()
                ? ", since calls fail during the fault only"
                : "";
    }

    private static String recovers(Figures figures) {
        return figures.recovery().isPresent() ? "recovers " + seconds(figures) + " after the fault" : "never recovers";
    }

    private static String seconds(Figures figures) {
        return Figure.RECOVERY.format(figures.recovery().orElse(0));
    }

    private static String time(OptionalDouble millis) {
        return Figure.ALL_P99.format(millis.orElse(0));
    }

    private static String percent(double ratio) {
        return Figure.SUCCESS.format(ratio);
    }
}
