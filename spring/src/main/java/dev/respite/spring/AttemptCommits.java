package dev.respite.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The commits of one attempt, which belongs to one thread. They are bound to the thread as Spring's other resources are, and
 * unbound when the attempt ends.
 *
 * <p>An attempt inside another one, by a nested call, has its own; when it ends, the outer one takes over what it knows.
 */
final class AttemptCommits {

    private static final Object KEY = AttemptCommits.class;

    private final @Nullable AttemptCommits outer;
    private int active;
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
    void end(boolean isIdempotent) {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        if (outer != null) {
            TransactionSynchronizationManager.bindResource(KEY, outer);
            if (!isIdempotent && outer.active == 0) {
                outer.committed |= committed;
                outer.committing |= committing;
            }
        }
    }

    void transactionBegun() {
        active++;
    }

    void commitBegun() {
        committing = true;
    }

    /** A transaction inside another one, which need not be committed, is meant to be independent. */
    void commitEnded(boolean hasEffect) {
        committing = false;
        active--;
        committed |= hasEffect && active == 0;
    }

    /** The commit, if it has begun, may or may not have taken effect. */
    void transactionFailed() {
        active--;
    }

    boolean committed() {
        return committed;
    }

    /** Returns whether a commit has begun of which it is not known that it has ended. */
    boolean committing() {
        return committing;
    }
}
