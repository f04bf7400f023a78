package dev.respite;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;

/**
 * Classifies the rejections of a breaker. If the call waits, a rejection is retried after the remaining open time of the
 * breaker. All other outcomes have the verdicts of the inner classifier.
 */
record BreakerClassifier(Classifier inner, Breaker breaker, boolean waits) implements Classifier {

    private static final Verdict OPEN = Verdict.fatal(StopReason.CIRCUIT_OPEN, ErrorKind.REJECTED);

    @Override
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure && breaker.isRejection(failure.error())) {
            return waits
                    ? breaker.remainingOpenTime()
                            .map(time -> Verdict.transientError(ErrorKind.REJECTED, time))
                            .orElse(OPEN)
                    : OPEN;
        }
        return inner.classify(outcome);
    }

    @Override
    public boolean judgesValues() {
        return inner.judgesValues();
    }
}
