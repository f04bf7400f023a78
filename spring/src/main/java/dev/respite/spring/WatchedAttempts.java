package dev.respite.spring;

import dev.respite.Retry;
import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.SqlState;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;

/**
 * The attempts of one call. One in which a transaction was committed, or may have been, is not made again, unless the
 * repetition does no harm.
 */
final class WatchedAttempts implements Attempts {

    private static final ErrorKind COMMIT = ErrorKind.of("commit");

    private static final int MAX_DEPTH = 1_000;

    private final Retry retry;
    private final boolean isIdempotent;
    private final Consumer<Throwable> onCommitted;
    private volatile @Nullable Throwable unrepeatable;

    /**
     * The attempts of a call.
     *
     * @param retry the retry of the call
     * @param isIdempotent whether an attempt may be made again after a commit
     * @param onCommitted receives the failure of an attempt after its commit
     */
    WatchedAttempts(Retry retry, boolean isIdempotent, Consumer<Throwable> onCommitted) {
        Classifier classifier = retry.policy().classifier();
        this.retry = isIdempotent ? retry : retry.withPolicy(retry.policy().withClassifier(new Stopping(classifier)));
        this.isIdempotent = isIdempotent;
        this.onCommitted = onCommitted;
    }

    @Override
    public Retry retry() {
        return retry;
    }

    @Override
    public <T extends @Nullable Object, X extends Throwable> T run(Body<T, X> body) throws X {
        AttemptCommits commits = AttemptCommits.begin();
        try {
            return body.run();
        } catch (Throwable failure) {
            if (commits.committed()) {
                unrepeatable = failure;
                onCommitted.accept(failure);
            } else if (commits.committing() && !provesRollback(failure)) {
                unrepeatable = failure;
            }
            throw failure;
        } finally {
            commits.end(isIdempotent);
        }
    }

    /** Returns whether the database has said that the transaction was rolled back. */
    private static boolean provesRollback(Throwable failure) {
        List<FailureFact> states = FactReader.readChain(failure).stream()
                .filter(SqlState.class::isInstance)
                .toList();
        if (!states.isEmpty()) {
            return states.stream().allMatch(state -> ((SqlState) state).provesRollback());
        }
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
            if (error instanceof ConcurrencyFailureException) {
                return true;
            }
            error = error.getCause();
        }
        return false;
    }

    /** Judges the failure of an attempt that must not be made again. */
    private final class Stopping implements Classifier {

        private final Classifier classifier;

        Stopping(Classifier classifier) {
            this.classifier = classifier;
        }

        @Override
        public Verdict classify(Outcome<?> outcome) {
            return outcome instanceof Outcome.Failure<?> failure && failure.error() == unrepeatable
                    ? Verdict.fatal(StopReason.NOT_IDEMPOTENT, COMMIT)
                    : classifier.classify(outcome);
        }

        @Override
        public boolean judgesValues() {
            return classifier.judgesValues();
        }
    }
}
