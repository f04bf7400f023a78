package dev.respite.spring;

import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.call.RepeatGuard;
import dev.respite.cause.CauseChain;
import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.SqlState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;

/**
 * The attempts of one call whose repetition could do harm. One in which a transaction was committed, or may have been, is not
 * made again.
 */
final class WatchedAttempts implements Attempts {

    private final RepeatGuard guard;
    private final Runnable onCommitted;

    /**
     * Watches the attempts of a call.
     *
     * @param guard the guard of the call
     * @param onCommitted is run when an attempt fails after a commit
     */
    WatchedAttempts(RepeatGuard guard, Runnable onCommitted) {
        this.guard = guard;
        this.onCommitted = onCommitted;
    }

    @Override
    public Retry retry() {
        return guard.retry();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T run(Operation.Simple<T, X> body) throws X {
        AttemptCommits commits = AttemptCommits.begin();
        try {
            return body.call();
        } catch (Throwable failure) {
            if (commits.committed()) {
                onCommitted.run();
            } else if (commits.isLeftToTheDriver(failure) || (commits.committing() && !provesRollback(failure))) {
                guard.forbid();
            }
            throw failure;
        } finally {
            if (commits.committed()) {
                // The result may be a stage that fails later, or a value that the policy rejects.
                guard.forbid();
            }
            commits.end();
        }
    }

    /** Returns whether the failure proves that the transaction was rolled back: by its SQLState, or by its class. */
    private static boolean provesRollback(Throwable failure) {
        List<FailureFact> states = FactReader.readChain(failure).stream()
                .filter(SqlState.class::isInstance)
                .toList();
        return states.isEmpty()
                ? CauseChain.first(failure, WatchedAttempts::asConflict).isPresent()
                : states.stream().allMatch(state -> ((SqlState) state).provesRollback());
    }

    private static Optional<Throwable> asConflict(Throwable error) {
        return error instanceof ConcurrencyFailureException ? Optional.of(error) : Optional.empty();
    }
}
