package dev.respite.call;

import dev.respite.Retry;
import dev.respite.failure.CauseChain;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets the operation of one call say that its attempt must not be made again, because it may have taken effect. The call then
 * ends with that failure and the stop reason {@link StopReason#NOT_IDEMPOTENT}, whatever the policy says of it.
 *
 * <pre>{@code
 * RepeatGuard guard = RepeatGuard.of(retry, ErrorKind.IO);
 * guard.retry().run(() -> {
 *     connect(); // a failure of this is retried as usual
 *     try {
 *         send();
 *     } catch (IOException failure) {
 *         guard.forbid(failure);
 *         throw failure;
 *     }
 * });
 * }</pre>
 *
 * <p>A guard is for one call. Its methods may be called by any thread.
 */
public final class RepeatGuard {

    private final Retry retry;
    private volatile @Nullable Throwable forbidden;

    private RepeatGuard(Retry retry, ErrorKind kind) {
        Classifier classifier = retry.policy().classifier();
        this.retry = retry.withPolicy(retry.policy().withClassifier(new Guarded(classifier, kind)));
    }

    /**
     * Creates a guard for a call.
     *
     * @param retry the retry under which the call is to be made
     * @param kind what a failure after which the attempt must not be made again is counted as
     * @return the guard
     */
    public static RepeatGuard of(Retry retry, ErrorKind kind) {
        return new RepeatGuard(Objects.requireNonNull(retry, "retry"), Objects.requireNonNull(kind, "kind"));
    }

    /**
     * Returns the retry to make the call with. It has the policy, the budget, the counts and the listeners of the one that was given.
     *
     * @return the retry
     */
    public Retry retry() {
        return retry;
    }

    /**
     * Marks the failure that an attempt is about to end with: the attempt must not be made again.
     *
     * @param failure what the attempt throws next, or completes with
     */
    public void forbid(Throwable failure) {
        forbidden = CauseChain.unwrap(Objects.requireNonNull(failure, "failure"));
    }

    /** Judges the failure that was marked; any other outcome is for the policy's own classifier. */
    private final class Guarded implements Classifier {

        private final Classifier classifier;
        private final Verdict verdict;

        Guarded(Classifier classifier, ErrorKind kind) {
            this.classifier = classifier;
            this.verdict = Verdict.fatal(StopReason.NOT_IDEMPOTENT, kind);
        }

        @Override
        public Verdict classify(Outcome<?> outcome) {
            boolean isForbidden = forbidden != null
                    && outcome instanceof Outcome.Failure<?> failure
                    && CauseChain.unwrap(failure.error()) == forbidden;
            return isForbidden ? verdict : classifier.classify(outcome);
        }

        @Override
        public boolean judgesValues() {
            return classifier.judgesValues();
        }
    }
}
