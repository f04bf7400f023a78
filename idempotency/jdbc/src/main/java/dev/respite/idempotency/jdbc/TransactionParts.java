package dev.respite.idempotency.jdbc;

import dev.respite.Retry;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The collaborators of a transaction.
 *
 * @param store the store of the records
 * @param transactions begins and ends transactions
 * @param commitCheck determines the outcome of a commit without a reply
 * @param retry retries transactions that were rolled back
 * @param commitOn the error statuses, 400 or more, whose rows are committed
 * @param strict the settings, if work is rolled back whose response body they do not store
 */
record TransactionParts(
        JdbcIdempotencyStore store,
        TransactionRunner transactions,
        CommitCheck commitCheck,
        Retry retry,
        IntPredicate commitOn,
        Optional<IdempotencySettings> strict) {

    private static final int MAX_TRANSACTIONS = 5;
    private static final Duration MIN_TOTAL_TIMEOUT = Duration.ofSeconds(1);

    static TransactionParts of(
            JdbcIdempotencyStore store, TransactionRunner transactions, Duration lease, TimeSource time) {
        Retry retry = Retry.withoutWarnings(policy(lease), time).withName("idempotency-transaction");
        return new TransactionParts(
                store, transactions, new CommitCheck(store, time), retry, status -> false, Optional.empty());
    }

    TransactionParts with(TransactionRunner other) {
        return new TransactionParts(store, other, commitCheck, retry, commitOn, strict);
    }

    TransactionParts withCommitOn(IntPredicate statuses) {
        return new TransactionParts(store, transactions, commitCheck, retry, statuses, strict);
    }

    TransactionParts withLongResponsesRejected(IdempotencySettings settings) {
        return new TransactionParts(store, transactions, commitCheck, retry, commitOn, Optional.of(settings));
    }

    /** No transaction is begun when the lease is over, because another call may have taken over by then. */
    private static RetryPolicy policy(Duration lease) {
        return RetryPolicy.builder()
                .maxAttempts(MAX_TRANSACTIONS)
                .baseDelay(Duration.ofMillis(10))
                .maxDelay(Duration.ofMillis(250))
                .totalTimeout(lease.compareTo(MIN_TOTAL_TIMEOUT) > 0 ? lease : MIN_TOTAL_TIMEOUT)
                .budget(BudgetSpec.off())
                .classifier(TransactionParts::verdict)
                .build();
    }

    private static Verdict verdict(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success<?> success
                        && success.value() instanceof TransactionResult.RolledBack rolledBack
                        && rolledBack.isTransient()
                ? Verdict.transientError(ErrorKind.OTHER)
                : Verdict.accept();
    }
}
