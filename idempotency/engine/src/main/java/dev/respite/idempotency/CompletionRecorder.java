package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Records the outcome of work whose effect is outside the store. Records on an interrupted thread too, and restores its
 * interrupt flag.
 */
final class CompletionRecorder {

    private static final int NOT_ACCEPTABLE = 406;

    private final IdempotencyStore store;
    private final IdempotencyEngine engine;
    private final NoEffect noEffect;

    CompletionRecorder(IdempotencyStore store, IdempotencyEngine engine, NoEffect noEffect) {
        this.store = store;
        this.engine = engine;
        this.noEffect = noEffect;
    }

    /** Applies the rules for responses without an effect: the response's own, and the user's. An exception of the rule is thrown as if by the work. */
    void judge(Execution execution, StoredResponse response) {
        try {
            if (!execution.hasCalledEffectStarting() && (response.isWithoutEffect() || noEffect.matches(response))) {
                execution.noEffect();
            }
        } catch (RuntimeException broken) {
            // The rule for exceptions must not apply to this one: the work itself has succeeded.
            execution.leaveUnknown();
            throw broken;
        }
    }

    /** Applies the user's rule for exceptions without an effect. If the rule throws an exception, the effect counts as begun. */
    void judge(Execution execution, Throwable failure) {
        try {
            if (!execution.isUnknown() && !execution.hasCalledEffectStarting() && noEffect.matches(failure)) {
                execution.noEffect();
            }
        } catch (RuntimeException broken) {
            failure.addSuppressed(broken);
        }
    }

    ExecutionOutcome ended(Execution execution, StoredResponse response) {
        return uninterrupted(() -> {
            if (isRecorded(response) && !execution.saysNoEffect()) {
                return completed(execution, response);
            }
            return release(execution, response.isWithoutEffect())
                    ? new IdempotentResult.NotDone(response)
                    : new IdempotentResult.FailedWithUnknownEffect(response);
        });
    }

    /** A 406 follows the effect: only its result could not be written in an accepted form. */
    private static boolean isRecorded(StoredResponse response) {
        return response.isResult() || (response.status() == NOT_ACCEPTABLE && !response.isWithoutEffect());
    }

    /**
     * Records that the work has thrown an exception. Returns an outcome if the store has thrown the exception and the effect
     * had begun: passing it on would mean that the work did not run.
     */
    Optional<ExecutionOutcome> endedBy(Throwable failure, Execution execution) {
        if (OutcomeUnknownException.isIn(failure)) {
            execution.leaveUnknown();
        }
        judge(execution, failure);
        boolean again = uninterrupted(() -> release(execution, false));
        if (!(failure instanceof StoreUnavailableException silent) || execution.isHarmless()) {
            return Optional.empty();
        }
        engine.storeFailed(execution.key(), silent);
        return Optional.of(again ? ExecutionOutcome.Unfinished.UNDECIDED : ExecutionOutcome.Unfinished.UNRECORDED);
    }

    private ExecutionOutcome completed(Execution execution, StoredResponse response) {
        try {
            return execution.owned().complete(store, response)
                    ? new IdempotentResult.Executed(response)
                    : ExecutionOutcome.Unfinished.UNRECORDED;
        } catch (StoreUnavailableException failure) {
            engine.storeFailed(execution.key(), failure);
            return ExecutionOutcome.Unfinished.UNRECORDED;
        }
    }

    /**
     * Releases the record if the work may run again, and makes it unknown otherwise. If the store does not respond, the end
     * of the lease has the same effect.
     */
    private boolean release(Execution execution, boolean isNotBegun) {
        boolean again = execution.isHarmless() || engine.crashPolicy().runsAgain();
        try {
            if (execution.isHarmless() && isNotBegun) {
                execution.owned().withoutClaim().release(store);
            } else if (again) {
                execution.owned().release(store);
            } else {
                execution.owned().markUnknown(store);
            }
        } catch (StoreUnavailableException failure) {
            engine.storeFailed(execution.key(), failure);
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
