package dev.respite.spring;

import dev.respite.cause.CauseChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The commits of one attempt, which belongs to one thread. They are bound to the thread as Spring's other resources are, and
 * unbound when the attempt ends.
 *
 * <p>A transaction inside another one of the same manager, which need not be committed, is meant to be independent and is not
 * counted. One of another manager is counted. An attempt inside another one, by a nested call, has its own commits; when it
 * ends, the outer one takes them over.
 */
final class AttemptCommits {

    private static final Object KEY = AttemptCommits.class;

    private final @Nullable AttemptCommits outer;

    /** Those that have begun in this attempt and are not reported to have ended, the outermost first. */
    private final List<BegunTransaction> active = new ArrayList<>(2);

    /** Those whose commit has begun, and is not known to have ended. */
    private final List<BegunTransaction> committing = new ArrayList<>(1);

    private final List<BegunTransaction> committed = new ArrayList<>(1);

    /** Those that are reported as rolled back, without the begin of a rollback or a commit. */
    private final List<BegunTransaction> dropped = new ArrayList<>(1);

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
            committed.stream().filter(outer::isCounted).forEach(outer.committed::add);
            committing.stream().filter(outer::isCounted).forEach(outer.committing::add);
            dropped.stream().filter(outer::isCounted).forEach(outer.dropped::add);
            active.stream().filter(BegunTransaction::isCompleted).forEach(outer.active::add);
        }
    }

    void transactionBegun(BegunTransaction transaction) {
        active.add(transaction);
    }

    void commitBegun(BegunTransaction transaction) {
        committing.add(transaction);
    }

    void committed(BegunTransaction transaction) {
        committing.remove(transaction);
        transactionEnded(transaction);
        if (!transaction.execution().isReadOnly() && isCounted(transaction)) {
            committed.add(transaction);
        }
    }

    /** The transaction was rolled back, or its commit has failed, which may or may not have taken effect. */
    void transactionEnded(BegunTransaction transaction) {
        active.remove(transaction);
        if (!transaction.isEnding()) {
            dropped.add(transaction);
        }
    }

    /**
     * Returns whether Spring has ended a transaction with neither a commit nor a rollback, which leaves that to the driver, and
     * drivers commit. It does so if the work before a commit throws an exception of a transaction.
     */
    boolean isLeftToTheDriver(Throwable failure) {
        // Its end is not reported, unless it is taken for a rollback.
        return active.stream().anyMatch(BegunTransaction::isCompleted)
                || (!dropped.isEmpty()
                        && CauseChain.first(failure, AttemptCommits::asTransactional)
                                .isPresent());
    }

    private static Optional<Throwable> asTransactional(Throwable error) {
        return error instanceof TransactionException ? Optional.of(error) : Optional.empty();
    }

    private boolean isCounted(BegunTransaction transaction) {
        return active.stream().noneMatch(begun -> begun.isOf(transaction.manager()) && !begun.isCompleted());
    }

    boolean committed() {
        return !committed.isEmpty();
    }

    /** Returns whether a commit has begun of which it is not known that it has ended. */
    boolean committing() {
        return !committing.isEmpty();
    }
}
