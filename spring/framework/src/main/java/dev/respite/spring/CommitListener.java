package dev.respite.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionManager;

/**
 * Records the transactions of a manager for their threads, and for the attempts in which they happen. Savepoints are no
 * transactions: nothing is committed with them.
 */
final class CommitListener implements TransactionExecutionListener {

    private final TransactionManager manager;

    private CommitListener(TransactionManager manager) {
        this.manager = manager;
    }

    /** Listens to a manager, once. */
    static void addTo(ConfigurableTransactionManager manager) {
        synchronized (manager) {
            if (manager.getTransactionExecutionListeners().stream().noneMatch(CommitListener.class::isInstance)) {
                manager.addListener(new CommitListener(manager));
            }
        }
    }

    @Override
    public void afterBegin(TransactionExecution execution, @Nullable Throwable failure) {
        if (failure != null || !execution.isNewTransaction()) {
            return;
        }
        BegunTransaction transaction = new BegunTransaction(manager, execution);
        ThreadTransactions.add(transaction);
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt != null) {
            attempt.transactionBegun(transaction);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution execution) {
        @Nullable BegunTransaction transaction = ThreadTransactions.find(execution);
        if (transaction != null) {
            transaction.ending();
            @Nullable AttemptCommits attempt = AttemptCommits.current();
            if (attempt != null) {
                attempt.commitBegun(transaction);
            }
        }
    }

    @Override
    public void beforeRollback(TransactionExecution execution) {
        @Nullable BegunTransaction transaction = ThreadTransactions.find(execution);
        if (transaction != null) {
            transaction.ending();
        }
    }

    @Override
    public void afterCommit(TransactionExecution execution, @Nullable Throwable failure) {
        @Nullable BegunTransaction transaction = ThreadTransactions.find(execution);
        if (transaction == null) {
            return;
        }
        ThreadTransactions.remove(transaction);
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
    public void afterRollback(TransactionExecution execution, @Nullable Throwable failure) {
        @Nullable BegunTransaction transaction = ThreadTransactions.find(execution);
        if (transaction == null) {
            return;
        }
        ThreadTransactions.remove(transaction);
        @Nullable AttemptCommits attempt = AttemptCommits.current();
        if (attempt != null) {
            attempt.transactionEnded(transaction);
        }
    }
}
