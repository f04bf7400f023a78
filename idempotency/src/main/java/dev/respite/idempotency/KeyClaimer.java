package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
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
    private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(50);
    private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(1);

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

    /** Whether this call owns the record and runs the work, or has its result already. */
    sealed interface Claimed {
        record Acquired(OwnedRecord owned) implements Claimed {}

        record Answered(IdempotentResult result) implements Claimed {}
    }

    Claimed claim(IdempotentCall call, StorageKey key) {
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
                    && config.crashPolicy() instanceof CrashPolicy.Reconcile policy) {
                claim = reconcile(unknown, policy.reconciler(), call, key, mine);
                mayReconcile = false;
            } else {
                return claim instanceof Claim.Execute execute
                        ? new Claimed.Acquired(new OwnedRecord(execute.mine(), settings, config, this::becameUnknown))
                        : new Claimed.Answered(result(claim, key));
            }
        }
        return new Claimed.Answered(new IdempotentResult.InProgress(MAX_RETRY_AFTER));
    }

    private RecordWrite recordWrite(IdempotentCall call) {
        return RecordTransitions.first(call, config.firstState(), owners.next(), settings);
    }

    private Claim takeOver(Claim.TakeOver over, IdempotentCall call, StorageKey key, RecordWrite mine) {
        IdempotencyStore.Swap swap =
                store.compareAndSet(over.expected(), RecordTransitions.takeOver(over.seen(), mine));
        if (swap instanceof IdempotencyStore.Written written) {
            if (over.seen().state().isOwned()) {
                reporter.publish(new IdempotencyEvent.TookOver(reporter.name(), key, written.record()));
            }
            return new Claim.Execute(written.record());
        }
        return again(over, (IdempotencyStore.Rejected) swap, call, key, mine);
    }

    private Claim giveUp(Claim.GiveUp up, IdempotentCall call, StorageKey key, RecordWrite mine) {
        RecordWrite unknown = RecordTransitions.of(up.seen(), State.UNKNOWN, settings, Optional.empty());
        IdempotencyStore.Swap swap = store.compareAndSet(up.expected(), unknown);
        if (swap instanceof IdempotencyStore.Written written) {
            becameUnknown(written.record().ownerToken());
            return new Claim.Unknown(written.record());
        }
        return again(up, (IdempotencyStore.Rejected) swap, call, key, mine);
    }

    private void becameUnknown(OwnerToken ownerToken) {
        reporter.publish(new IdempotencyEvent.BecameUnknown(reporter.name(), ownerToken.key(), ownerToken));
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
            reporter.publish(new IdempotencyEvent.CallbackFailed(reporter.name(), key, "reconciler", failure));
            return unknown;
        }
        if (resolution instanceof Resolution.StillUnknown) {
            return unknown;
        }
        resolve(unknown.record(), resolution);
        // This call or another one has resolved the record; its current state decides.
        return Claim.of(store.putIfAbsent(key, mine), call, mine, config.crashPolicy());
    }

    /** Returns whether the record was UNKNOWN and is now as the resolution says. */
    boolean resolve(IdempotencyRecord unknown, Resolution resolution) {
        if (unknown.state() != State.UNKNOWN || resolution instanceof Resolution.StillUnknown) {
            return false;
        }
        RecordWrite write = resolution instanceof Resolution.Done done
                ? RecordTransitions.of(
                        unknown,
                        State.DONE,
                        settings,
                        Optional.of(config.stored(unknown.key(), done.response(), settings)))
                : RecordTransitions.of(unknown, State.READY, settings, Optional.empty());
        Precondition expected = new Precondition(unknown.ownerToken(), State.UNKNOWN, false);
        if (store.compareAndSet(expected, write) instanceof IdempotencyStore.Written written) {
            reporter.publish(new IdempotencyEvent.Resolved(reporter.name(), unknown.key(), written.record()));
            return true;
        }
        return false;
    }

    private IdempotentResult result(Claim claim, StorageKey key) {
        if (claim instanceof Claim.Replay replay) {
            return replayed(replay.done());
        }
        if (claim instanceof Claim.Wait wait) {
            return new IdempotentResult.InProgress(clipped(wait.leaseLeft()));
        }
        if (claim instanceof Claim.Unknown) {
            return new IdempotentResult.Unknown(key);
        }
        if (claim instanceof Claim.Conflict) {
            return new IdempotentResult.Mismatch();
        }
        if (claim instanceof Claim.Expired) {
            return new IdempotentResult.Expired();
        }
        if (claim instanceof Claim.KeyFromFuture) {
            return new IdempotentResult.KeyFromFuture();
        }
        return new IdempotentResult.OverQuota();
    }

    IdempotentResult replayed(IdempotencyRecord stored) {
        IdempotencyRecord done = config.readable(stored);
        StoredResponse response = done.response().orElseThrow();
        if (response.body().isPresent() || config.rebuilder().isEmpty()) {
            return new IdempotentResult.Replayed(response, done);
        }
        try {
            StoredResponse rebuilt = config.rebuilder().get().rebuild(done);
            return new IdempotentResult.Replayed(Objects.requireNonNull(rebuilt, "the rebuilder returned null"), done);
        } catch (Exception failure) {
            reporter.publish(new IdempotencyEvent.CallbackFailed(reporter.name(), done.key(), "rebuilder", failure));
            return new IdempotentResult.Replayed(response, done);
        }
    }

    private static Duration clipped(Duration wait) {
        if (wait.compareTo(MIN_RETRY_AFTER) < 0) {
            return MIN_RETRY_AFTER;
        }
        return wait.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wait;
    }
}
