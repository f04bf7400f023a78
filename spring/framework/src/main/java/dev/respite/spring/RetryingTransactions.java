package dev.respite.spring;

import dev.respite.Retry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs transactions of a {@link TransactionTemplate}, each again as a whole when it has failed.
 *
 * <pre>{@code
 * TransactionOperations transactions = RetryingTransactions.of(retry, new TransactionTemplate(manager));
 * transactions.executeWithoutResult(status -> jdbc.update("UPDATE stock SET number = number - 1"));
 * }</pre>
 *
 * <p>An attempt begins a transaction, runs the callback and commits. A failed attempt has been rolled back, and its connection
 * has been returned, before the delay begins. A committed transaction is not run again, nor one whose commit is unknown because the
 * connection broke, unless {@linkplain #withIdempotentWork its repetition does no harm}. If the policy would have retried, the
 * stop reason is {@link dev.respite.outcome.StopReason#NOT_IDEMPOTENT}. The caller receives the last failure as
 * {@code TransactionTemplate} throws it.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class RetryingTransactions implements TransactionOperations {

    private final Retry retry;
    private final TransactionTemplate template;
    private final boolean isIdempotent;
    private final SpringTransactionGuard guard;

    private RetryingTransactions(
            Retry retry, TransactionTemplate template, boolean isIdempotent, SpringTransactionGuard guard) {
        this.retry = retry;
        this.template = template;
        this.isIdempotent = isIdempotent;
        this.guard = guard;
    }

    /**
     * Retries the transactions of a template. Adds a listener to its transaction manager, once for each manager.
     *
     * @param retry the policy, the budget and the listeners
     * @param template the transactions
     * @return the retried transactions
     * @throws IllegalArgumentException if the manager takes no listeners, as any that extends {@code
     *     AbstractPlatformTransactionManager} does: whether a commit took effect could not be known
     */
    public static RetryingTransactions of(Retry retry, TransactionTemplate template) {
        Objects.requireNonNull(retry, "retry");
        @Nullable PlatformTransactionManager manager = template.getTransactionManager();
        if (!(manager instanceof ConfigurableTransactionManager observable)) {
            throw new IllegalArgumentException("the transaction manager " + manager
                    + " takes no listeners, and it could not be known whether a commit took effect: use one that is a"
                    + " ConfigurableTransactionManager");
        }
        CommitListener.addTo(observable);
        return new RetryingTransactions(
                retry, template, false, SpringTransactionGuard.ofTemplates(InsideTransaction.WARN));
    }

    /** {@return these transactions for work that may be run again after its commit took effect, or may have} */
    public RetryingTransactions withIdempotentWork() {
        return new RetryingTransactions(retry, template, true, guard);
    }

    /**
     * {@return these transactions without calls inside an active transaction: such a call fails with an {@code
     * IllegalStateException} before its first attempt} A template that begins a transaction of its own in any case is
     * not affected.
     */
    public RetryingTransactions withActiveTransactionRefused() {
        return new RetryingTransactions(
                retry, template, isIdempotent, SpringTransactionGuard.ofTemplates(InsideTransaction.REFUSE));
    }

    /**
     * Runs a callback in a transaction until one is committed or the policy permits no further attempt.
     *
     * @param action the callback, which may be run several times
     * @param <T> the type of its result
     * @return the result of the transaction that was committed
     * @throws TransactionException if a transaction could not be begun, committed or rolled back
     */
    @Override
    public <T extends @Nullable Object> T execute(TransactionCallback<T> action) throws TransactionException {
        Objects.requireNonNull(action, "action");
        Attempts attempts = guard.begin(template, retry, isIdempotent);
        return attempts.retry().<T, RuntimeException>call(() -> attempts.run(() -> template.execute(action)));
    }
}
