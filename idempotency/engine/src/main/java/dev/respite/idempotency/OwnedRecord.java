package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A record that this execution owns, with the changes that its owner may make. Each change is a compare-and-set on fence and
 * owner, and has no effect if another call has taken the record over.
 *
 * <p>Each method takes the store in which the change is made, so that it can be made in an open transaction. A store may
 * repeat the same change after a {@link StoreUnavailableException}. Calling a method again is different: {@link #recordStart} must
 * not be called twice, and an encrypted response differs each time. Immutable, and safe for use by any number of threads.
 */
public final class OwnedRecord {

    private final IdempotencyRecord record;
    private final IdempotencySettings settings;
    private final ClaimConfig config;
    private final Consumer<IdempotencyRecord> becameUnknown;

    OwnedRecord(
            IdempotencyRecord record,
            IdempotencySettings settings,
            ClaimConfig config,
            Consumer<IdempotencyRecord> becameUnknown) {
        this.record = record;
        this.settings = settings;
        this.config = config;
        this.becameUnknown = becameUnknown;
    }

    /** {@return the record as it was when it was claimed; without a claim, as it is to be written} */
    public IdempotencyRecord record() {
        return record;
    }

    /**
     * {@return this record without its claim, to be released since the work was not begun} Of a record that is released without
     * any claim, the next call with the key may be another request.
     */
    public OwnedRecord withoutClaim() {
        return new OwnedRecord(record.withClaims(record.claims() - 1), settings, config, becameUnknown);
    }

    /** {@return the name, fence and owner of the record} */
    public OwnerToken ownerToken() {
        return record.ownerToken();
    }

    /**
     * Records the response. Bodies over the cap and headers that are not listed are omitted.
     *
     * @param store where to write
     * @param response the response
     * @return {@code false} if the record has another owner, or another response is recorded already; it was not changed
     */
    public boolean complete(IdempotencyStore store, StoredResponse response) {
        return change(store, State.DONE, Optional.of(kept(response))).isPresent();
    }

    /**
     * Records that the work had no effect, so that the next call with the key runs it. Call it only if that is certain.
     *
     * @param store where to write
     * @return {@code false} if the record has another owner; it was not changed
     */
    public boolean release(IdempotencyStore store) {
        return change(store, State.READY, Optional.empty()).isPresent();
    }

    /**
     * Records that it is unknown whether the effect took place.
     *
     * @param store where to write
     * @return {@code false} if the record has another owner; it was not changed
     */
    public boolean markUnknown(IdempotencyStore store) {
        Optional<IdempotencyRecord> unknown = change(store, State.UNKNOWN, Optional.empty());
        unknown.ifPresent(becameUnknown);
        return unknown.isPresent();
    }

    /**
     * Records that an effect begins that cannot be rolled back, and renews the lease.
     *
     * @param store where to write
     * @return the owned record; empty if it has another owner: then the effect must not begin
     */
    public Optional<OwnedRecord> effectStarting(IdempotencyStore store) {
        return change(store, State.EFFECT_STARTED, Optional.empty())
                .map(now -> new OwnedRecord(now, settings, config, becameUnknown));
    }

    /**
     * Records, in the transaction of the work, that the work begins. A rollback of the transaction removes this record of
     * the start, which is how {@link #rolledBack} detects whether anything was committed.
     *
     * <p>Unlike {@link #effectStarting}, it must not be repeated: a start that is recorded already belongs to an earlier
     * transaction, which was committed.
     *
     * @param transaction changes the record in the transaction
     * @return the owned record; empty if it has another owner, or the start of an earlier transaction is recorded: then the
     *     work must not run
     */
    public Optional<OwnedRecord> recordStart(IdempotencyStore transaction) {
        Precondition notStarted = new Precondition(ownerToken(), State.STARTED, false);
        RecordWrite started = RecordTransitions.of(record, State.EFFECT_STARTED, settings, Optional.empty());
        return transaction.compareAndSet(notStarted, started) instanceof IdempotencyStore.Written written
                ? Optional.of(new OwnedRecord(written.record(), settings, config, becameUnknown))
                : Optional.empty();
    }

    /** The state of the record after {@link #rolledBack}. */
    public enum Rollback {

        /** Nothing of the work was committed, and the record was changed as requested. */
        CONFIRMED,

        /** Something of the work was committed. The record is {@link State#UNKNOWN} now. */
        PARTLY_COMMITTED,

        /** The record has another owner and was not changed. */
        LOST
    }

    /**
     * Records that the transaction was rolled back in which {@link #recordStart} was recorded together with the work.
     *
     * <p>If the start is recorded nevertheless, the work has ended its transaction itself: part of it was committed, and it
     * is unknown which. Call this method when nothing of the transaction can be committed any more.
     *
     * @param store where to write
     * @param result the response to replay from now on; empty if the next call with the key runs the work
     * @return the state of the record
     */
    public Rollback rolledBack(IdempotencyStore store, Optional<StoredResponse> result) {
        Optional<StoredResponse> kept = result.map(this::kept);
        State to = kept.isPresent() ? State.DONE : State.READY;
        Precondition notStarted = new Precondition(ownerToken(), State.STARTED, false);
        IdempotencyStore.Swap swap = store.compareAndSet(notStarted, RecordTransitions.of(record, to, settings, kept));
        if (swap instanceof IdempotencyStore.Written) {
            return Rollback.CONFIRMED;
        }
        Optional<IdempotencyRecord> current = ((IdempotencyStore.Rejected) swap)
                .current()
                .filter(found -> found.ownerToken().equals(ownerToken()));
        if (current.isEmpty() || current.get().state() == State.STARTED) {
            return Rollback.LOST;
        }
        if (current.get().state() == to) {
            // The reply to an earlier attempt of this change was lost.
            return current.get().response().equals(kept) ? Rollback.CONFIRMED : Rollback.LOST;
        }
        return current.get().state() == State.UNKNOWN || markUnknown(store) ? Rollback.PARTLY_COMMITTED : Rollback.LOST;
    }

    /**
     * Returns the first write of a record that is written with the work and not claimed before it, see {@link
     * IdempotencyEngine#runUnclaimed}. It is the first change in the transaction of the work.
     *
     * @return the contents, in state DONE
     */
    public RecordWrite firstWrite() {
        return RecordTransitions.of(record, State.DONE, settings, record.response());
    }

    /**
     * Makes the record unknown if {@link #firstWrite} was committed although the transaction of the work was rolled back. The work has
     * then ended it by itself, and may have committed a part of its effect.
     *
     * @param store where to read and write
     * @return whether the record is {@link State#UNKNOWN} now
     */
    public boolean withdraw(IdempotencyStore store) {
        return store.find(record.key()).map(found -> withdrawn(store, found)).orElse(false);
    }

    /**
     * Makes the record of {@link #firstWrite} unknown, or writes it as unknown if it is not there.
     *
     * @param store where to write
     * @return whether the record is {@link State#UNKNOWN} now; {@code false} if it has another owner
     */
    public boolean withdrawUnclaimed(IdempotencyStore store) {
        RecordWrite unknown = RecordTransitions.of(record, State.UNKNOWN, settings, Optional.empty());
        IdempotencyStore.Put put = store.putIfAbsent(record.key(), unknown);
        if (put instanceof IdempotencyStore.Written written) {
            becameUnknown.accept(written.record());
            return true;
        }
        return put instanceof IdempotencyStore.Rejected rejected
                && rejected.current().map(found -> withdrawn(store, found)).orElse(false);
    }

    private boolean withdrawn(IdempotencyStore store, IdempotencyRecord found) {
        if (!found.ownerToken().owner().equals(ownerToken().owner())) {
            return false;
        }
        if (found.state() == State.DONE) {
            Precondition expected = new Precondition(found.ownerToken(), State.DONE, false);
            RecordWrite unknown = RecordTransitions.of(found, State.UNKNOWN, settings, Optional.empty());
            if (store.compareAndSet(expected, unknown) instanceof IdempotencyStore.Written written) {
                becameUnknown.accept(written.record());
                return true;
            }
        }
        return found.state() == State.UNKNOWN;
    }

    /**
     * Renews the lease.
     *
     * @param store where to write
     * @return the owned record; empty if it has another owner
     */
    public Optional<OwnedRecord> renew(IdempotencyStore store) {
        return change(store, record.state(), Optional.empty())
                .map(now -> new OwnedRecord(now, settings, config, becameUnknown));
    }

    private StoredResponse kept(StoredResponse response) {
        return config.stored(record, response, settings);
    }

    private Optional<IdempotencyRecord> change(IdempotencyStore store, State to, Optional<StoredResponse> response) {
        RecordWrite write = RecordTransitions.of(record, to, settings, response);
        IdempotencyRecord seen = record;
        while (RecordTransitions.ownerMayGo(seen.state(), to)) {
            Precondition expected = new Precondition(seen.ownerToken(), seen.state(), false);
            IdempotencyStore.Swap swap = store.compareAndSet(expected, write);
            if (swap instanceof IdempotencyStore.Written written) {
                return Optional.of(written.record());
            }
            Optional<IdempotencyRecord> current = ((IdempotencyStore.Rejected) swap)
                    .current()
                    .filter(found -> found.ownerToken().equals(record.ownerToken()));
            if (current.isEmpty() || current.get().state() == to) {
                // Another call has taken over; or the change was made by an attempt whose reply was lost. If the record
                // was
                // resolved meanwhile with another response, that response counts.
                return current.filter(found -> found.response().equals(response));
            }
            if (current.get().state() == seen.state()) {
                return Optional.empty();
            }
            seen = current.get();
        }
        return Optional.empty();
    }
}
