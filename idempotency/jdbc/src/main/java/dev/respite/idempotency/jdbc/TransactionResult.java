package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.ExecutionOutcome;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;

/** The result of one transaction in which the work ran. */
sealed interface TransactionResult {

    /** The outcome is known. */
    record Finished(ExecutionOutcome outcome) implements TransactionResult {}

    /** Returns the outcome of work that is complete if its commit succeeds. */
    static Optional<IdempotentResult.Executed> completed(TransactionResult result) {
        return result instanceof Finished ended && ended.outcome() instanceof IdempotentResult.Executed completed
                ? Optional.of(completed)
                : Optional.empty();
    }

    /** The work did not run: the record has another owner, or the start of an earlier transaction of this call is recorded. */
    record NotEntered() implements TransactionResult {}

    /**
     * The work has failed in another transaction than the one that locked the record. It may have committed before.
     *
     * @param failure an {@link ErrorResponse} or a {@link RolledBack}
     */
    record EndedEarly(TransactionResult failure) implements TransactionResult {}

    /** The work has returned an error, or a response that was made of an exception. The transaction is rolled back, unless the work had committed on its own. */
    record ErrorResponse(StoredResponse response) implements TransactionResult {}

    /** The transaction failed. It is rolled back, unless the work had committed on its own. */
    record RolledBack(Throwable reason, boolean isTransient) implements TransactionResult {}
}
