package dev.respite.durable;

import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.Serial;
import java.time.Duration;

/**
 * Classifies the outcomes that only durable calls have. The policy classifies all others.
 *
 * @param inner the classifier of the policy
 */
record DurableClassifier(Classifier inner) implements Classifier {

    /** The kind of an attempt that did not end. */
    static final ErrorKind LOST_KIND = new ErrorKind("lost", ErrorKind.Load.NONE);

    private static final Verdict LOST = Verdict.transientError(LOST_KIND, Duration.ZERO);
    private static final Verdict NOT_AGAIN = Verdict.fatal();
    private static final Verdict NOTHING_DONE = Verdict.transientError(ErrorKind.SQL, Duration.ZERO);
    private static final Verdict TAKEN_OVER = Verdict.fatal(StopReason.CANCELLED, ErrorKind.OTHER);
    private static final ErrorKind PENDING = new ErrorKind("pending", ErrorKind.Load.NONE);

    @Override
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure) {
            if (failure.error() instanceof LostAttemptException) {
                return LOST;
            }
            if (failure.error() instanceof LostRowException) {
                return TAKEN_OVER;
            }
            if (failure.error() instanceof EffectMark.EndedByHandlerException) {
                return NOT_AGAIN;
            }
            if (failure.error() instanceof EffectMark.IgnoredFailureException) {
                return NOTHING_DONE;
            }
            if (failure.error() instanceof EffectRunner.PendingException pending) {
                return Verdict.transientError(PENDING, pending.retryAfter());
            }
        }
        Verdict verdict = inner.classify(outcome);
        // An attempt may follow one whose result is unknown: it has the same key, and an effect needs the row of the
        // call.
        return verdict instanceof Verdict.Fatal end && end.reason() == StopReason.NOT_IDEMPOTENT
                ? Verdict.transientError(end.kind())
                : verdict;
    }

    @Override
    public boolean judgesValues() {
        return inner.judgesValues();
    }

    /** An attempt has not ended: its process was killed, or was stopped while the attempt ran. Its effect may have taken place. */
    static final class LostAttemptException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        LostAttemptException(String message) {
            super(message);
        }
    }
}
