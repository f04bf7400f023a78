package dev.respite.idempotency.jdbc;

import dev.respite.Retry;
import dev.respite.TimeSource;
import dev.respite.idempotency.Ending;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds out what became of a COMMIT whose answer was lost, by locking the record on another connection. The lock cannot be had
 * while that commit is under way; once it is had, the answer is final. Tries for ten seconds.
 */
final class CommitInquiry {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final JdbcIdempotencyStore store;
    private final Retry retry;

    CommitInquiry(JdbcIdempotencyStore store, TimeSource time) {
        this.store = store;
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(100)
                .baseDelay(Duration.ofMillis(20))
                .maxDelay(Duration.ofMillis(500))
                .totalTimeout(PATIENCE)
                .budget(new BudgetSpec.Off())
                .classifier(outcome ->
                        outcome instanceof Outcome.Failure ? Verdict.transientError(ErrorKind.OTHER) : Verdict.accept())
                .build();
        this.retry = Retry.silent(policy, time).withName("idempotency-commit");
    }

    /**
     * What became of it. If the work had committed by itself before, its record shows that when it is settled.
     *
     * @param owned whose record it is
     * @param completed what it comes to if it was committed
     * @param failure what came in place of the answer
     */
    Tried ask(Owned owned, Ending.Completed completed, Exception failure) {
        Optional<IdempotencyRecord> current;
        try {
            current = retry.call(() -> store.askPatiently(connection ->
                    store.records().lock(connection, owned.ownership().key())));
        } catch (SQLException unknown) {
            return new Tried.Ended(new Ending.Undecided());
        }
        State state = current.filter(found -> found.ownership().equals(owned.ownership()))
                .map(IdempotencyRecord::state)
                .orElse(State.READY);
        return switch (state) {
            case DONE -> new Tried.Ended(completed);
            case STARTED, EFFECT_STARTED -> notCommitted(failure);
            default -> new Tried.Ended(new Ending.Lost());
        };
    }

    /**
     * Makes a change of the record that must not be left to the end of the lease, as a takeover would run the work again. It is
     * tried for ten seconds; then it is.
     */
    void settle(Predicate<IdempotencyStore> change) {
        try {
            boolean unused = retry.call(() ->
                    store.askPatiently(connection -> change.test(RecordsOn.connection(connection, store.records()))));
        } catch (SQLException | StoreUnavailableException unreachable) {
            return;
        }
    }

    private static Tried notCommitted(Exception failure) {
        return SqlFailures.isForGood(failure)
                ? new Tried.Undone(
                        new RolledBackException(
                                "the database refused to commit what the work had done: " + failure.getMessage(),
                                failure),
                        false)
                : new Tried.Undone(SqlFailures.unavailable("nothing was done, the commit failed", failure), true);
    }
}
