package dev.respite.spring;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionManager;

/** A transaction that its manager has begun, and did not join. */
final class BegunTransaction {

    private final TransactionManager manager;
    private final TransactionExecution execution;

    /** Set when its commit or rollback begins. What Spring runs from then on in its thread runs after that. */
    private boolean isEnding;

    BegunTransaction(TransactionManager manager, TransactionExecution execution) {
        this.manager = manager;
        this.execution = execution;
    }

    TransactionManager manager() {
        return manager;
    }

    TransactionExecution execution() {
        return execution;
    }

    boolean isOf(TransactionManager other) {
        return manager == other;
    }

    void ending() {
        isEnding = true;
    }

    boolean isEnding() {
        return isEnding;
    }

    /** Returns whether it has ended, which its manager does not report of each failure. */
    boolean isCompleted() {
        return execution.isCompleted();
    }
}
