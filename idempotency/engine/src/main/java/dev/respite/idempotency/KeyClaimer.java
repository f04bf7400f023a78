package dev.respite.idempotency;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Claims a key: queries the store, follows the {@link Claim}, and queries again if another call has changed the record in
 * between. A first execution and a replay take one round trip, a takeover takes two.
 */
final class KeyClaimer {

    /** Each further round means that another call has changed the record. Twenty in a row are no longer a race. */
    private static final int MAX_ROUNDS = 20;

    private static final String NO_RESOLUTION =
            "the reconciler returned null: return Resolution.stillUnknown() if the outcome is still unknown";

    /** Assumed after {@link #MAX_ROUNDS}: other calls own the record in turn. */
    private static final Duration ASSUMED_LEASE_LEFT = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final IdempotencySettings settings;
    private final ClaimConfig config;
    private final IdempotencyPublisher reporter;
    private final Owners owners;

    KeyClaimer(
            IdempotencyStore store,
            IdempotencySettings settings,
            ClaimConfig config,
            IdempotencyPublisher reporter,
            Owners owners) {
        this.store = store;
        this.settings = settings;
        this.config = config;
        this.reporter = reporter;
        this.owners = owners;
    }

    /** Returns the final claim, which is neither {@link Claim.TakeOver} nor {@link Claim.GiveUp}. */
    Claim claim(IdempotentCall call, StorageKey key) {
        RecordWrite mine = recordWrite(call);
        Claim claim = Claim.of(store.putIfAbsent(key, mine), call, mine, config.crashPolicy());
        boolean mayReconcile = true;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (claim instanceof Claim.TakeOver over) {
                // An earlier claim of this call may have been given up and resolved: a new claim needs a new owner.
                mine = over.seen().ownerToken().owner().equals(mine.owner()) ? recordWrite(call) : mine;
                claim = takeOver(over, call, key, mine);
            } else if (claim instanceof Claim.GiveUp up) {
                claim = giveUp(up, call, key, mine);
            } else if (mayReconcile
                    && claim instanceof Claim.Unknown unknown
                    && config.crashPolicy().reconciler().isPresent()) {
                Reconciler reconciler = config.crashPolicy().reconciler().get();
                claim = reconcile(unknown, reconciler, call, key, mine);
                mayReconcile = false;
            } else {
                return claim;
            }
        }
        return new Claim.InProgress(ASSUMED_LEASE_LEFT);
    }

    /** Returns the record of a call that runs the work. */
    OwnedRecord owned(Claim.Execute claim, IdempotentCall call) {
        return owned(claim.mine(), call);
    }

    private OwnedRecord owned(IdempotencyRecord record, IdempotentCall call) {
        return new OwnedRecord(record, settings, config, unknown -> reporter.becameUnknown(unknown, call.requestId()));
    }

    /** Returns a DONE record as it is to be written with the work. The store assigns its fence and its times. */
    OwnedRecord planned(IdempotentCall call, StoredResponse response, Instant now) {
        RecordWrite write = RecordTransitions.done(call, response, owner(call), settings);
        return owned(write.toRecord(call.storageKey(), 0, now), call);
    }

    private RecordWrite recordWrite(IdempotentCall call) {
        return RecordTransitions.first(call, config.firstState(), owner(call), settings);
    }

    private String owner(IdempotentCall call) {
        return owners.next(Optional.of(call.operation()).filter(name -> config.storesOperations()));
    }

    private Claim takeOver(Claim.TakeOver over, IdempotentCall call, StorageKey key, RecordWrite mine) {
        IdempotencyStore.Swap swap =
                store.compareAndSet(over.expected(), RecordTransitions.takeOver(over.seen(), mine));
        if (swap instanceof IdempotencyStore.Written written) {
            if (over.seen().state().isOwned()) {
                reporter.publish(Kind.TOOK_OVER, key, Optional.of(written.record()));
            }
            return new Claim.Execute(written.record());
        }
        return again(over, (IdempotencyStore.Rejected) swap, call, key, mine);
    }

    private Claim giveUp(Claim.GiveUp up, IdempotentCall call, StorageKey key, RecordWrite mine) {
        RecordWrite unknown = RecordTransitions.of(up.seen(), State.UNKNOWN, settings, Optional.empty());
        IdempotencyStore.Swap swap = store.compareAndSet(up.expected(), unknown);
        if (swap instanceof IdempotencyStore.Written written) {
            reporter.becameUnknown(written.record(), call.requestId());
            return new Claim.Unknown(written.record());
        }
        return again(up, (IdempotencyStore.Rejected) swap, call, key, mine);
    }

    private Claim again(
            Claim rejected, IdempotencyStore.Rejected now, IdempotentCall call, StorageKey key, RecordWrite mine) {
        if (now.current().isEmpty()) {
            return Claim.of(store.putIfAbsent(key, mine), call, mine, config.crashPolicy());
        }
        return Claim.afterRejection(rejected, now.current().get(), now.storeNow(), call, mine, config.crashPolicy());
    }

    private Claim reconcile(
            Claim.Unknown unknown, Reconciler reconciler, IdempotentCall call, StorageKey key, RecordWrite mine) {
        Resolution resolution;
        try {
            resolution = Objects.requireNonNull(reconciler.reconcile(unknown.record()), NO_RESOLUTION);
        } catch (Exception failure) {
            reporter.failed(Kind.CALLBACK_FAILED, key, failure);
            return unknown;
        }
        if (!resolution.isKnown()) {
            return unknown;
        }
        resolve(unknown.record(), resolution);
        // This call or another one has resolved the record; its current state decides.
        return Claim.of(store.putIfAbsent(key, mine), call, mine, config.crashPolicy());
    }

    /** Returns whether the record was UNKNOWN and is now changed by the resolution. */
    boolean resolve(IdempotencyRecord unknown, Resolution resolution) {
        if (unknown.state() != State.UNKNOWN || !resolution.isKnown()) {
            return false;
        }
        Optional<StoredResponse> stored =
                resolution.response().map(response -> config.stored(unknown, response, settings));
        RecordWrite write =
                RecordTransitions.of(unknown, stored.isPresent() ? State.DONE : State.READY, settings, stored);
        Precondition expected = new Precondition(unknown.ownerToken(), State.UNKNOWN, false);
        if (store.compareAndSet(expected, write) instanceof IdempotencyStore.Written written) {
            reporter.publish(Kind.RESOLVED, unknown.key(), Optional.of(written.record()));
            return true;
        }
        return false;
    }
}
