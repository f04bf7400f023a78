package dev.respite.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** Records the commits of a transaction manager for the attempts in which they happen. */
final class CommitListener implements TransactionExecutionListener {

    /** Listens to a manager, once. */
    static void addTo(ConfigurableTransactionManager manager) {
        synchronized (manager) {
            if (manager.getTransactionExecutionListeners().stream().noneMatch(CommitListener.class::isInstance)) {
                manager.addListener(new CommitListener());
            }
        }
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt != null && failure == null) {
            attempt.transactionBegun(transaction);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt != null) {
            attempt.commitBegun();
        }
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt == null) {
            return;
        }
        if (failure == null) {
            attempt.committed(transaction);
        } else {
            attempt.transactionEnded(transaction);
        }
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt != null) {
            attempt.transactionEnded(transaction);
        }
    }
}
