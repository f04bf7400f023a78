package dev.respite.idempotency;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A record that is yours: the changes that its owner may make to it, each a compare-and-set on fence and owner. One that
 * comes too late changes nothing.
 *
 * <p>Each takes the store to make the change in, so that it can be made in a transaction that is under way. A store may send the
 * same change again after a {@link StoreUnavailableException}. To call a method again is another matter: {@link #enter} must not be
 * called again, and an encrypted response is another one each time. Immutable, and safe for use by any number of threads.
 */
public final class Owned {

    private final IdempotencyRecord record;
    private final IdempotencySettings settings;
    private final Conduct conduct;
    private final Consumer<Ownership> becameUnknown;

    Owned(IdempotencyRecord record, IdempotencySettings settings, Conduct conduct, Consumer<Ownership> becameUnknown) {
        this.record = record;
        this.settings = settings;
        this.conduct = conduct;
        this.becameUnknown = becameUnknown;
    }

    /**
     * The record, as it was when it became yours.
     *
     * @return the record
     */
    public IdempotencyRecord record() {
        return record;
    }

    /**
     * Whose it is.
     *
     * @return name, fence and owner
     */
    public Ownership ownership() {
        return record.ownership();
    }

    /**
     * Records that it was done. Bodies over the cap, and headers that are not listed, are left out.
     *
     * @param store where
     * @param response what came of it
     * @return {@code false} if the record is no longer yours, or says already that something else came of it; it was left as
     *     it is
     */
    public boolean complete(IdempotencyStore store, StoredResponse response) {
        return change(store, State.DONE, Optional.of(kept(response))).isPresent();
    }

    /**
     * Records that nothing was done, so that the next who asks runs it. Say it only if that is certain.
     *
     * @param store where
     * @return {@code false} if the record is no longer yours, and was left as it is
     */
    public boolean abandon(IdempotencyStore store) {
        return change(store, State.READY, Optional.empty()).isPresent();
    }

    /**
     * Records that nobody knows whether it was done.
     *
     * @param store where
     * @return {@code false} if the record is no longer yours, and was left as it is
     */
    public boolean giveUp(IdempotencyStore store) {
        Optional<IdempotencyRecord> unknown = change(store, State.UNKNOWN, Optional.empty());
        unknown.ifPresent(now -> becameUnknown.accept(now.ownership()));
        return unknown.isPresent();
    }

    /**
     * Records that what cannot be taken back begins. The lease begins anew.
     *
     * @param store where
     * @return what is yours now; empty if nothing is: run nothing then
     */
    public Optional<Owned> effectStarting(IdempotencyStore store) {
        return change(store, State.EFFECT_STARTED, Optional.empty())
                .map(now -> new Owned(now, settings, conduct, becameUnknown));
    }

    /**
     * Records, in the transaction of the work, that the work begins. If the transaction is rolled back, so is this: {@link
     * #rolledBack} tells by it whether anything was committed.
     *
     * <p>Unlike {@link #effectStarting}, it must not be sent again: a start that is recorded already is that of an earlier
     * transaction, which was committed.
     *
     * @param transaction changes the record in the transaction
     * @return what is yours now; empty if nothing is, or the start of an earlier transaction is recorded: run nothing then
     */
    public Optional<Owned> enter(IdempotencyStore transaction) {
        Expectation notStarted = new Expectation(ownership(), State.STARTED, false);
        Draft started = Drafts.of(record, State.EFFECT_STARTED, settings, Optional.empty());
        return transaction.compareAndSet(notStarted, started) instanceof IdempotencyStore.Written written
                ? Optional.of(new Owned(written.record(), settings, conduct, becameUnknown))
                : Optional.empty();
    }

    /** What the record says after {@link #rolledBack}. */
    public enum Rollback {

        /** Nothing of the work was committed, and the record says what it was to say. */
        CONFIRMED,

        /** Something of the work was committed. The record is {@link State#UNKNOWN} now. */
        PARTLY_COMMITTED,

        /** The record is no longer yours, and was left as it is. */
        LOST
    }

    /**
     * Records that the transaction was rolled back in which {@link #enter} was recorded together with the work.
     *
     * <p>If that record of the start is there nevertheless, the work has ended its transaction by itself: part of it was
     * committed, and it is not known which. Call it when nothing of the transaction can be committed any more.
     *
     * @param store where
     * @param result what is replayed from now on; empty if the next who asks runs the work
     * @return what the record says now
     */
    public Rollback rolledBack(IdempotencyStore store, Optional<StoredResponse> result) {
        Optional<StoredResponse> kept = result.map(this::kept);
        State to = kept.isPresent() ? State.DONE : State.READY;
        Expectation notStarted = new Expectation(ownership(), State.STARTED, false);
        IdempotencyStore.Swap swap = store.compareAndSet(notStarted, Drafts.of(record, to, settings, kept));
        if (swap instanceof IdempotencyStore.Written) {
            return Rollback.CONFIRMED;
        }
        Optional<IdempotencyRecord> current = ((IdempotencyStore.Refused) swap)
                .current()
                .filter(found -> found.ownership().equals(ownership()));
        if (current.isEmpty() || current.get().state() == State.STARTED) {
            return Rollback.LOST;
        }
        if (current.get().state() == to) {
            // The answer to the first sending of this change was lost.
            return current.get().response().equals(kept) ? Rollback.CONFIRMED : Rollback.LOST;
        }
        return current.get().state() == State.UNKNOWN || giveUp(store) ? Rollback.PARTLY_COMMITTED : Rollback.LOST;
    }

    /**
     * Begins the lease anew.
     *
     * @param store where
     * @return what is yours now; empty if nothing is
     */
    public Optional<Owned> renew(IdempotencyStore store) {
        return change(store, record.state(), Optional.empty())
                .map(now -> new Owned(now, settings, conduct, becameUnknown));
    }

    private StoredResponse kept(StoredResponse response) {
        return conduct.stored(ownership().key(), response, settings);
    }

    private Optional<IdempotencyRecord> change(IdempotencyStore store, State to, Optional<StoredResponse> response) {
        Draft draft = Drafts.of(record, to, settings, response);
        IdempotencyRecord seen = record;
        while (Drafts.ownerMayGo(seen.state(), to)) {
            Expectation expected = new Expectation(seen.ownership(), seen.state(), false);
            IdempotencyStore.Swap swap = store.compareAndSet(expected, draft);
            if (swap instanceof IdempotencyStore.Written written) {
                return Optional.of(written.record());
            }
            Optional<IdempotencyRecord> current = ((IdempotencyStore.Refused) swap)
                    .current()
                    .filter(found -> found.ownership().equals(record.ownership()));
            if (current.isEmpty() || current.get().state() == to) {
                // Taken by another; or changed already, by a sending whose answer was lost. Somebody else may have
                // found out
                // meanwhile what came of it, in other words: then those are the ones that count.
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
