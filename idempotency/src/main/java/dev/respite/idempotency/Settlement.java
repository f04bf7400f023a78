package dev.respite.idempotency;

import java.util.Optional;
import java.util.function.Supplier;

/** Records how work ended whose effect is outside of the store. An interrupted thread records too, and stays interrupted. */
final class Settlement {

    private final IdempotencyStore store;
    private final Claims claims;
    private final NoEffect noEffect;

    Settlement(IdempotencyStore store, Claims claims, NoEffect noEffect) {
        this.store = store;
        this.claims = claims;
        this.noEffect = noEffect;
    }

    /** Reads from a response whether anything was done. What the user's rule throws is thrown, as if by the work. */
    void judge(Execution execution, StoredResponse response) {
        try {
            if (!execution.hasAnnounced() && noEffect.isSaidBy(response)) {
                execution.noEffect();
            }
        } catch (RuntimeException broken) {
            // No other rule may say of this exception that nothing was done: the work has ended well.
            execution.leaveUnknown();
            throw broken;
        }
    }

    /** Reads from an exception whether anything was done. Where the user's rule throws, it is taken to have been. */
    void judge(Execution execution, Throwable failure) {
        try {
            if (!execution.isUnknown() && !execution.hasAnnounced() && noEffect.isSaidBy(failure)) {
                execution.noEffect();
            }
        } catch (RuntimeException broken) {
            failure.addSuppressed(broken);
        }
    }

    Ending ended(Execution execution, StoredResponse response) {
        return uninterrupted(() -> {
            if (Storable.isResult(response) && !execution.saysNoEffect()) {
                return completed(execution, response);
            }
            return release(execution) ? new Ending.NotDone(response) : new Ending.Unsettled(response);
        });
    }

    /**
     * Records that the work has thrown. There is an ending if the store failed it in the midst of its effect: the caller must
     * not be given an exception then that says that nothing was run.
     */
    Optional<Ending> endedBy(Throwable failure, Execution execution) {
        if (OutcomeUnknownException.isIn(failure)) {
            execution.leaveUnknown();
        }
        judge(execution, failure);
        boolean again = uninterrupted(() -> release(execution));
        if (!(failure instanceof StoreUnavailableException silent) || execution.isHarmless()) {
            return Optional.empty();
        }
        claims.storeFailed(execution.key(), silent);
        return Optional.of(again ? new Ending.Undecided() : new Ending.Unrecorded());
    }

    private Ending completed(Execution execution, StoredResponse response) {
        try {
            return execution.owned().complete(store, response)
                    ? new Ending.Completed(response)
                    : new Ending.Unrecorded();
        } catch (StoreUnavailableException failure) {
            claims.storeFailed(execution.key(), failure);
            return new Ending.Unrecorded();
        }
    }

    /**
     * Gives the record back, to be run again where that is harmless or asked for, else to be found out about. Where the store
     * does not answer, the end of the lease does the same.
     */
    private boolean release(Execution execution) {
        boolean again = execution.isHarmless() || claims.crashPolicy() instanceof CrashPolicy.RunAgain;
        try {
            if (again) {
                execution.owned().abandon(store);
            } else {
                execution.owned().giveUp(store);
            }
        } catch (StoreUnavailableException failure) {
            claims.storeFailed(execution.key(), failure);
        }
        return again;
    }

    private static <T> T uninterrupted(Supplier<T> recording) {
        boolean interrupted = Thread.interrupted();
        try {
            return recording.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
