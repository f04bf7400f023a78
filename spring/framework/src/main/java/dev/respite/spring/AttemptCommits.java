package dev.respite.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The commits of one attempt, which belongs to one thread. They are bound to the thread as Spring's other resources are, and
 * unbound when the attempt ends.
 *
 * <p>An attempt inside another one, by a nested call, has its own; when it ends, the outer one takes over its state.
 */
final class AttemptCommits {

    private static final Object KEY = AttemptCommits.class;

    private final @Nullable AttemptCommits outer;

    /** Those that have begun in this attempt and are not known to have ended, the outermost first. */
    private final List<TransactionExecution> active = new ArrayList<>(2);

    private boolean committing;
    private boolean committed;

    private AttemptCommits(@Nullable AttemptCommits outer) {
        this.outer = outer;
    }

    /** Begins an attempt on this thread. */
    static AttemptCommits begin() {
        @Nullable
        AttemptCommits outer = (AttemptCommits) TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        AttemptCommits commits = new AttemptCommits(outer);
        TransactionSynchronizationManager.bindResource(KEY, commits);
        return commits;
    }

    /** The attempt that runs on this thread; null if none does. */
    static @Nullable AttemptCommits current() {
        return (AttemptCommits) TransactionSynchronizationManager.getResource(KEY);
    }

    /** Ends the attempt. */
    void end() {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        if (outer != null) {
            TransactionSynchronizationManager.bindResource(KEY, outer);
            if (outer.active.isEmpty()) {
                outer.committed |= committed;
                outer.committing |= committing;
            }
        }
    }

    void transactionBegun(TransactionExecution transaction) {
        active.add(transaction);
    }

    void commitBegun() {
        committing = true;
    }

    /** A transaction inside another one, which need not be committed, is meant to be independent. */
    void committed(TransactionExecution transaction) {
        committing = false;
        transactionEnded(transaction);
        committed |= active.isEmpty() && !transaction.isReadOnly();
    }

    /** The transaction was rolled back, or its commit has failed, which may or may not have taken effect. */
    void transactionEnded(TransactionExecution transaction) {
        // Not each failure is reported to listeners.
        active.removeIf(begun -> begun == transaction || begun.isCompleted());
    }

    boolean committed() {
        return committed;
    }

    /** Returns whether a commit has begun of which it is not known that it has ended. */
    boolean committing() {
        return committing;
    }
}
