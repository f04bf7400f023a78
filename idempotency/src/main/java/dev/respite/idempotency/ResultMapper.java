package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;

/** Maps the outcome of an execution to the result of the call. Where the outcome leaves it open, reads the record. */
final class ResultMapper {

    /** The store has already been retried for seconds when this is used. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final KeyClaimer claimer;
    private final IdempotencyPublisher reporter;

    ResultMapper(IdempotencyStore store, KeyClaimer claimer, IdempotencyPublisher reporter) {
        this.store = store;
        this.claimer = claimer;
        this.reporter = reporter;
    }

    /** Returns the result for an outcome that is not {@link ExecutionOutcome.Lost}. */
    IdempotentResult result(OwnedRecord owned, ExecutionOutcome outcome) {
        if (outcome instanceof ExecutionOutcome.Completed completed) {
            return new IdempotentResult.Executed(completed.response());
        }
        if (outcome instanceof ExecutionOutcome.NotDone not) {
            return new IdempotentResult.NotDone(not.response());
        }
        if (outcome instanceof ExecutionOutcome.FailedWithUnknownEffect unsettled) {
            return new IdempotentResult.FailedWithUnknownEffect(unsettled.response());
        }
        return outcome instanceof ExecutionOutcome.Undecided
                ? undecided(owned.record().key())
                : unrecorded(owned, owned.record().key());
    }

    /**
     * Effect and record are both there or both missing, so the same key may be sent again. "In progress" is the result that
     * says so: "unknown" would be final, and "unavailable" would say that the work did not run.
     */
    private IdempotentResult undecided(StorageKey key) {
        return read(key)
                .flatMap(current -> current)
                .filter(found -> found.state() == State.DONE)
                .flatMap(this::replayed)
                .orElseGet(() -> new IdempotentResult.InProgress(RETRY_AFTER));
    }

    /**
     * The effect may have taken place and is not recorded. The work does not run again in this call, whatever the record
     * says.
     */
    private IdempotentResult unrecorded(OwnedRecord owned, StorageKey key) {
        Optional<Optional<IdempotencyRecord>> read = read(key);
        if (read.isEmpty()) {
            return new IdempotentResult.Unknown(key);
        }
        Optional<IdempotencyRecord> current = read.get();
        if (!current.map(found -> mayStillBe(found, owned)).orElse(false)) {
            reporter.publish(new IdempotencyEvent.LostOwnership(reporter.name(), key, false, current));
        }
        return current.filter(found -> found.state() == State.DONE)
                .flatMap(this::replayed)
                .orElseGet(() -> new IdempotentResult.Unknown(key));
    }

    /** Returns empty if the stored response cannot be read. "Unavailable" would say that the work did not run. */
    private Optional<IdempotentResult> replayed(IdempotencyRecord done) {
        try {
            return Optional.of(claimer.replayed(done));
        } catch (StoreUnavailableException unreadable) {
            reporter.storeFailed(done.key(), unreadable);
            return Optional.empty();
        }
    }

    /** Reads the record; the outer optional is empty if the store does not respond. */
    private Optional<Optional<IdempotencyRecord>> read(StorageKey key) {
        try {
            return Optional.of(store.find(key));
        } catch (StoreUnavailableException failure) {
            reporter.storeFailed(key, failure);
            return Optional.empty();
        }
    }

    /** Returns whether no other call has run the work since. A READY record has been resolved as not done. */
    private static boolean mayStillBe(IdempotencyRecord found, OwnedRecord owned) {
        return found.ownerToken().equals(owned.ownerToken()) && found.state() != State.READY;
    }
}
