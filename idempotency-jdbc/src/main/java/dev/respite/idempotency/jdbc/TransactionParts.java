package dev.respite.idempotency.jdbc;

import dev.respite.Retry;
import dev.respite.TimeSource;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.Verdict;
import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * What transactions are made with.
 *
 * @param store where the records are
 * @param transactions what begins and ends transactions
 * @param inquiry what finds out how one has ended
 * @param retry what tries again where one was undone
 * @param commitOn the statuses of errors, 400 or more, whose rows are committed
 */
record TransactionParts(
        JdbcIdempotencyStore store,
        TransactionRunner transactions,
        CommitInquiry inquiry,
        Retry retry,
        IntPredicate commitOn) {

    private static final int MOST_TRANSACTIONS = 5;
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

    static TransactionParts of(
            JdbcIdempotencyStore store, TransactionRunner transactions, Duration lease, TimeSource time) {
        Retry retry = Retry.silent(policy(lease), time).withName("idempotency-transaction");
        return new TransactionParts(store, transactions, new CommitInquiry(store, time), retry, status -> false);
    }

    TransactionParts with(TransactionRunner other) {
        return new TransactionParts(store, other, inquiry, retry, commitOn);
    }

    TransactionParts withCommitOn(IntPredicate statuses) {
        return new TransactionParts(store, transactions, inquiry, retry, statuses);
    }

    /** Nothing is begun once the lease is over, when another is likely to be at it. */
    private static RetryPolicy policy(Duration lease) {
        return RetryPolicy.builder()
                .maxAttempts(MOST_TRANSACTIONS)
                .baseDelay(Duration.ofMillis(10))
                .maxDelay(Duration.ofMillis(250))
                .totalTimeout(lease.compareTo(LEAST_PATIENCE) > 0 ? lease : LEAST_PATIENCE)
                .budget(new BudgetSpec.Off())
                .classifier(TransactionParts::verdict)
                .build();
    }

    private static Verdict verdict(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success<?> success
                        && success.value() instanceof Tried.Undone undone
                        && undone.mayPass()
                ? Verdict.transientError(ErrorKind.OTHER)
                : Verdict.accept();
    }
}
