package dev.respite;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;

/**
 * What a breaker's refusal means; all else means what it meant before. Its only look at time is the breaker's word.
 *
 * @param waits whether a refusal is waited out, where the breaker can say how long it lasts
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
