package dev.respite.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transactions that have begun on this thread and have not ended, the outermost first. They are bound to the thread as
 * Spring's other resources are.
 */
final class ThreadTransactions {

    private static final Object KEY = ThreadTransactions.class;

    private final List<BegunTransaction> begun = new ArrayList<>(2);

    private ThreadTransactions() {}

    static void add(BegunTransaction transaction) {
        @Nullable ThreadTransactions bound = bound();
        if (bound == null) {
            bound = new ThreadTransactions();
            TransactionSynchronizationManager.bindResource(KEY, bound);
        }
        bound.begun.removeIf(BegunTransaction::isCompleted);
        bound.begun.add(transaction);
    }

    /** The transaction of an execution; null if its begin was not observed. */
    static @Nullable BegunTransaction find(TransactionExecution execution) {
        return active().stream()
                .filter(transaction -> transaction.execution() == execution)
                .findFirst()
                .orElse(null);
    }

    static void remove(BegunTransaction transaction) {
        @Nullable ThreadTransactions bound = bound();
        if (bound != null) {
            bound.begun.removeIf(each -> each == transaction || each.isCompleted());
            if (bound.begun.isEmpty()) {
                TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
            }
        }
    }

    /** Those that have not ended, with those that are suspended. */
    static List<BegunTransaction> active() {
        @Nullable ThreadTransactions bound = bound();
        return bound == null
                ? List.of()
                : bound.begun.stream()
                        .filter(transaction -> !transaction.isCompleted())
                        .toList();
    }

    /** The innermost transaction of a manager; null if none is observed. */
    static @Nullable BegunTransaction innermost(TransactionManager manager) {
        @Nullable BegunTransaction last = null;
        for (BegunTransaction transaction : active()) {
            last = transaction.isOf(manager) ? transaction : last;
        }
        return last;
    }

    private static @Nullable ThreadTransactions bound() {
        return (ThreadTransactions) TransactionSynchronizationManager.getResource(KEY);
    }
}
