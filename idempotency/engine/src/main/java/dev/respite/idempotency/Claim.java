package dev.respite.idempotency;

import dev.respite.idempotency.IdempotentResult.Reason;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import java.time.Duration;
import java.time.Instant;

/** The decision about a key: how the call proceeds, given what the store returned. Pure, and the same for every store. */
sealed interface Claim {

    /** This call owns the record and runs the work. */
    record Execute(IdempotencyRecord mine) implements Claim {}

    /** The record has no live owner. The call takes it over if it has not changed. */
    record TakeOver(IdempotencyRecord seen, Precondition expected) implements Claim {}

    /** The lease is over and the effect had begun. The record becomes UNKNOWN if it has not changed. */
    record GiveUp(IdempotencyRecord seen, Precondition expected) implements Claim {}

    /** The effect took place and its response is recorded. */
    record Replay(IdempotencyRecord done) implements Claim {}

    /** Another call owns the record, at most for this duration. */
    record InProgress(Duration leaseLeft) implements Claim {}

    /** It is unknown whether the effect took place. */
    record Unknown(IdempotencyRecord record) implements Claim {}

    /** The work does not run, for this reason. */
    record Rejected(Reason reason) implements Claim {}

    /** Returns the decision after an attempt to write a new record. */
    static Claim of(IdempotencyStore.Put put, IdempotentCall call, RecordWrite write, CrashPolicy policy) {
        if (put instanceof IdempotencyStore.Written written) {
            return new Execute(written.record());
        }
        if (!(put instanceof IdempotencyStore.Rejected rejected)) {
            return new Rejected(Reason.OVER_QUOTA);
        }
        if (rejected.current().isPresent()) {
            return of(rejected.current().get(), rejected.storeNow(), call, write.owner(), policy);
        }
        // Otherwise the key is too old, by the clock or because a later key was purged already.
        return new Rejected(write.terms().isAhead(rejected.storeNow()) ? Reason.KEY_FROM_FUTURE : Reason.EXPIRED);
    }

    /** Returns the decision about a record that exists. */
    static Claim of(IdempotencyRecord found, Instant storeNow, IdempotentCall call, String owner, CrashPolicy policy) {
        // The request differs from the one of the record.
        if (!found.isVacant() && !call.fingerprints().contains(found.fingerprint())) {
            return new Rejected(Reason.MISMATCH);
        }
        if (found.state() == State.DONE) {
            return new Replay(found);
        }
        if (found.state() == State.UNKNOWN) {
            return new Unknown(found);
        }
        if (found.state() == State.READY) {
            return new TakeOver(found, precondition(found, false));
        }
        // This claim was sent twice because the first reply was lost.
        if (found.ownerToken().owner().equals(owner)) {
            return new Execute(found);
        }
        Instant leaseUntil = found.times().leaseUntil();
        if (!leaseUntil.isBefore(storeNow)) {
            return new InProgress(Duration.between(storeNow, leaseUntil));
        }
        boolean harmless = found.state() == State.STARTED || policy.runsAgain();
        return harmless ? new TakeOver(found, precondition(found, true)) : new GiveUp(found, precondition(found, true));
    }

    /**
     * Returns the decision after a rejected change. If the record still has the owner that was seen, that owner is alive: it
     * has renewed its lease, begun its effect, or holds a lock on the record.
     */
    static Claim afterRejection(
            Claim rejected,
            IdempotencyRecord current,
            Instant storeNow,
            IdempotentCall call,
            RecordWrite write,
            CrashPolicy policy) {
        Claim again = of(current, storeNow, call, write.owner(), policy);
        boolean sameOwner =
                current.state().isOwned() && seen(rejected).ownerToken().equals(current.ownerToken());
        boolean wouldTake = again instanceof TakeOver || again instanceof GiveUp;
        return sameOwner && wouldTake ? new InProgress(Duration.ZERO) : again;
    }

    private static IdempotencyRecord seen(Claim claim) {
        return claim instanceof TakeOver over ? over.seen() : ((GiveUp) claim).seen();
    }

    private static Precondition precondition(IdempotencyRecord found, boolean leaseOver) {
        return new Precondition(found.ownerToken(), found.state(), leaseOver);
    }
}
