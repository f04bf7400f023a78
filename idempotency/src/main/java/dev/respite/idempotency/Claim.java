package dev.respite.idempotency;

import java.time.Duration;
import java.time.Instant;

/** What somebody who asks for a key is to do about it, or is to be told: pure, and the same for every store. */
sealed interface Claim {

    /** It is yours: run it. */
    record Execute(IdempotencyRecord mine) implements Claim {}

    /** Nobody is at it: make it yours, if it still is as it was seen. */
    record TakeOver(IdempotencyRecord seen, Expectation expected) implements Claim {}

    /** Whoever was at it has gone after the effect had begun: record that, if it still is as it was seen. */
    record GiveUp(IdempotencyRecord seen, Expectation expected) implements Claim {}

    /** It was done. */
    record Replay(IdempotencyRecord done) implements Claim {}

    /** Somebody is at it, for so long at most. */
    record Wait(Duration leaseLeft) implements Claim {}

    /** The key was used for something else. */
    record Conflict() implements Claim {}

    /** Nobody knows whether it was done. */
    record Unknown(IdempotencyRecord record) implements Claim {}

    /** The key is so old that its record may have been purged. */
    record Expired() implements Claim {}

    /** The key is dated ahead of time. */
    record Postdated() implements Claim {}

    /** There is no room for another key. */
    record OverQuota() implements Claim {}

    /** The claim of somebody who has tried to write a new record. */
    static Claim of(IdempotencyStore.Put put, IdempotentCall call, Draft draft, CrashPolicy policy) {
        if (put instanceof IdempotencyStore.Written written) {
            return new Execute(written.record());
        }
        if (put instanceof IdempotencyStore.Found found) {
            return of(found.record(), found.storeNow(), call, draft.owner(), policy);
        }
        if (put instanceof IdempotencyStore.NotAdmitted not) {
            // Any other is too old, by the clock or because a later key was purged already.
            return draft.terms().isAhead(not.storeNow()) ? new Postdated() : new Expired();
        }
        return new OverQuota();
    }

    /** The claim of somebody who has found a record. */
    static Claim of(IdempotencyRecord found, Instant storeNow, IdempotentCall call, String owner, CrashPolicy policy) {
        // Whatever the state: what was asked for is not what is asked for now.
        if (!call.fingerprints().contains(found.fingerprint())) {
            return new Conflict();
        }
        if (found.state() == State.DONE) {
            return new Replay(found);
        }
        if (found.state() == State.UNKNOWN) {
            return new Unknown(found);
        }
        if (found.state() == State.READY) {
            return new TakeOver(found, expectation(found, false));
        }
        // A claim that was sent again, its answer having been lost.
        if (found.ownership().owner().equals(owner)) {
            return new Execute(found);
        }
        Instant leaseUntil = found.times().leaseUntil();
        if (!leaseUntil.isBefore(storeNow)) {
            return new Wait(Duration.between(storeNow, leaseUntil));
        }
        boolean harmless = found.state() == State.STARTED || policy instanceof CrashPolicy.RunAgain;
        return harmless ? new TakeOver(found, expectation(found, true)) : new GiveUp(found, expectation(found, true));
    }

    /**
     * The claim of somebody whose change was refused. If the same owner is still at it after all, it lives: it has renewed
     * its lease, or gone on to its effect, or holds the record just now.
     */
    static Claim afterRefusal(
            Claim refused,
            IdempotencyRecord current,
            Instant storeNow,
            IdempotentCall call,
            Draft draft,
            CrashPolicy policy) {
        Claim again = of(current, storeNow, call, draft.owner(), policy);
        boolean sameOwner =
                current.state().isOwned() && seen(refused).ownership().equals(current.ownership());
        boolean wouldTake = again instanceof TakeOver || again instanceof GiveUp;
        return sameOwner && wouldTake ? new Wait(Duration.ZERO) : again;
    }

    private static IdempotencyRecord seen(Claim claim) {
        return claim instanceof TakeOver over ? over.seen() : ((GiveUp) claim).seen();
    }

    private static Expectation expectation(IdempotencyRecord found, boolean leaseOver) {
        return new Expectation(found.ownership(), found.state(), leaseOver);
    }
}
