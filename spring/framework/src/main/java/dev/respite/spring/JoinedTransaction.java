package dev.respite.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transaction of this thread that work of a transaction manager would join. */
enum JoinedTransaction {
    /** There is none, or it is suspended: the work may begin its own. */
    NONE,
    /** It is committed or rolled back after the work. */
    ACTIVE,
    /** It has been committed or rolled back, and runs what was registered for its end. Its manager still lets work join it. */
    ENDED;

    /** Returns the transaction that work of a manager would join. */
    static JoinedTransaction of(TransactionManager manager) {
        if (!(manager instanceof PlatformTransactionManager)) {
            // A reactive transaction is bound to no thread.
            return NONE;
        }
        @Nullable BegunTransaction innermost = ThreadTransactions.innermost(manager);
        if (manager instanceof AbstractPlatformTransactionManager joining) {
            if ((innermost == null && !TransactionSynchronizationManager.isActualTransactionActive())
                    || !isJoining(joining)) {
                return NONE;
            }
        } else if (innermost == null) {
            return ofThread();
        }
        return innermost == null ? ofThread() : of(innermost);
    }

    /** Returns the transaction that work of any manager would join. */
    static JoinedTransaction ofAny() {
        JoinedTransaction found = ThreadTransactions.active().isEmpty() ? ofThread() : NONE;
        for (BegunTransaction transaction : ThreadTransactions.active()) {
            JoinedTransaction joined = of(transaction.manager());
            found = found == ACTIVE || joined == NONE ? found : joined;
        }
        return found;
    }

    private static JoinedTransaction of(BegunTransaction transaction) {
        return transaction.isEnding() ? ENDED : ACTIVE;
    }

    /** For transactions whose managers are not observed. Spring ends the synchronization before it runs what follows the end. */
    private static JoinedTransaction ofThread() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            return NONE;
        }
        return TransactionSynchronizationManager.isSynchronizationActive() ? ACTIVE : ENDED;
    }

    /**
     * Lets a manager look for a transaction. A suspended one is not found. The status needs no end: the manager binds nothing to
     * the thread for it, since a synchronization is active.
     */
    private static boolean isJoining(AbstractPlatformTransactionManager manager) {
        boolean isMissing = !TransactionSynchronizationManager.isSynchronizationActive();
        if (isMissing) {
            TransactionSynchronizationManager.initSynchronization();
        }
        try {
            DefaultTransactionDefinition supports =
                    new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_SUPPORTS);
            supports.setReadOnly(true);
            return manager.getTransaction(supports).hasTransaction();
        } catch (TransactionException unknown) {
            return true;
        } finally {
            if (isMissing) {
                TransactionSynchronizationManager.clearSynchronization();
            }
        }
    }
}
