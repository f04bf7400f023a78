package dev.respite.idempotency.jdbc;

import dev.respite.Retry;
import dev.respite.idempotency.ExecutionOutcome;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.jdbc.transaction.LocalTransaction;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Determines the outcome of a COMMIT without a reply, by locking the record on another connection. The lock is not available
 * while that commit is in progress; once it is acquired, the answer is final. Retries for ten seconds.
 */
final class CommitCheck {

    private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(10);

    private final JdbcIdempotencyStore store;
    private final Retry retry;

    CommitCheck(JdbcIdempotencyStore store, TimeSource time) {
        this.store = store;
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(100)
                .baseDelay(Duration.ofMillis(20))
                .maxDelay(Duration.ofMillis(500))
                .totalTimeout(TOTAL_TIMEOUT)
                .budget(BudgetSpec.off())
                .classifier(outcome ->
                        outcome instanceof Outcome.Failure ? Verdict.transientError(ErrorKind.OTHER) : Verdict.accept())
                .build();
        this.retry = Retry.withoutWarnings(policy, time).withName("idempotency-commit");
    }

    /**
     * Determines the outcome of a commit. If the work had committed before on its own, {@link OwnedRecord#rolledBack}
     * detects that later.
     *
     * @param owned the record of the execution
     * @param completed the outcome if the commit succeeded
     * @param failure the exception of the commit
     */
    TransactionResult check(OwnedRecord owned, IdempotentResult.Executed completed, Exception failure) {
        Optional<IdempotencyRecord> current;
        try {
            current = retry.call(() -> store.queryWithLockTimeout(connection ->
                    store.records().lock(connection, owned.ownerToken().key())));
        } catch (SQLException unknown) {
            return new TransactionResult.Finished(ExecutionOutcome.Unfinished.UNDECIDED);
        }
        State state = current.filter(found -> found.ownerToken().equals(owned.ownerToken()))
                .map(IdempotencyRecord::state)
                .orElse(State.READY);
        return switch (state) {
            case DONE -> new TransactionResult.Finished(completed);
            case STARTED, EFFECT_STARTED -> notCommitted(failure);
            default -> new TransactionResult.Finished(ExecutionOutcome.Unfinished.LOST);
        };
    }

    /**
     * Determines the outcome of a commit in which a record was written that was not claimed before. While the commit is in
     * progress, the record is not visible, and another INSERT of it waits. That INSERT is rolled back.
     *
     * @param planned the record
     * @param completed the outcome if the commit succeeded
     * @param failure the exception of the commit
     */
    TransactionResult checkInsert(OwnedRecord planned, IdempotentResult.Executed completed, Exception failure) {
        Optional<IdempotencyRecord> current;
        try {
            current = retry.call(() -> store.findSettled(planned.record().key(), planned.firstWrite()));
        } catch (SQLException | StoreUnavailableException unknown) {
            return new TransactionResult.Finished(ExecutionOutcome.Unfinished.UNDECIDED);
        }
        if (current.isEmpty()) {
            return notCommitted(failure);
        }
        boolean isMine =
                current.get().ownerToken().owner().equals(planned.ownerToken().owner());
        return new TransactionResult.Finished(
                isMine && current.get().state() == State.DONE ? completed : ExecutionOutcome.Unfinished.LOST);
    }

    /**
     * Makes a record unknown that was not claimed before, or writes it as unknown. Retries for ten seconds.
     *
     * @return whether the record is unknown; empty if the database did not respond
     */
    Optional<Boolean> withdrawUnclaimed(OwnedRecord planned) {
        return change(connection ->
                Optional.of(planned.withdrawUnclaimed(TransactionBoundStore.of(connection, store.records()))));
    }

    /**
     * Marks a record as unknown, retrying for ten seconds. Leaving the mark to the end of the lease is the last resort: a
     * takeover would then run the work again. It is no risk for a prepared transaction, which locks the record until it ends.
     *
     * @return whether this execution still had the record; empty if the database did not respond, or the work has prepared its
     *     transaction
     */
    Optional<Boolean> markUnknown(OwnedRecord owned) {
        return change(connection ->
                store.records().isPrepared(connection, owned.ownerToken().key())
                        ? Optional.empty()
                        : Optional.of(owned.markUnknown(TransactionBoundStore.of(connection, store.records()))));
    }

    private Optional<Boolean> change(LocalTransaction.Body<Optional<Boolean>, RuntimeException> change) {
        try {
            return retry.call(() -> store.queryWithLockTimeout(change));
        } catch (SQLException | StoreUnavailableException unreachable) {
            return Optional.empty();
        }
    }

    private static TransactionResult notCommitted(Exception failure) {
        return SqlFailures.isPermanent(failure)
                ? new TransactionResult.RolledBack(
                        new RolledBackException(
                                "the database rejected the commit of the work: " + failure.getMessage(), failure),
                        false)
                : new TransactionResult.RolledBack(
                        SqlFailures.unavailable("the commit failed and the work had no effect", failure), true);
    }
}
