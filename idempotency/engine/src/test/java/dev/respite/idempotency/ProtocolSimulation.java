package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Logger;

/**
 * Simulates callers of one key that may pause anywhere for any time, a ledger of their effects, an operator who reads the
 * ledger, and time. All follow the protocol: an effect begins after its start was recorded, and an effect in the ledger is
 * never resolved as not done.
 */
final class ProtocolSimulation {

    private static final IdempotencySettings SETTINGS =
            IdempotencySettings.defaults().withLease(Duration.ofSeconds(10)).withRetention(Duration.ofMinutes(10));

    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final IdempotencyStore store;
    private final KeyClaimer claimer;
    private final IdempotentCall call;
    private final IdempotentCall other;
    private final StorageKey key;
    private final Caller[] callers = {new Caller(), new Caller(), new Caller()};

    private static final Logger LOGGER = Logger.getLogger("dev.respite.idempotency");

    static {
        // Thousands of keys become UNKNOWN, each with a warning.
        LOGGER.setUseParentHandlers(false);
    }

    /** The callers by their owner, for an operator who checks whether one is alive. */
    private final Map<String, Caller> byOwner = new HashMap<>();

    private int effects;
    private boolean isInside;
    private Optional<StoredResponse> acknowledged = Optional.empty();

    /** A caller and its progress. */
    private static final class Caller {
        private Optional<OwnedRecord> owned = Optional.empty();
        private boolean announced;
        private boolean did;

        void begin(OwnedRecord claimed) {
            owned = Optional.of(claimed);
            announced = claimed.record().state() == State.EFFECT_STARTED;
            did = false;
        }

        void leave() {
            owned = Optional.empty();
        }
    }

    ProtocolSimulation(long seed, Kind kind) {
        this.random = new Random(seed);
        boolean again = kind == Kind.RUN_AGAIN;
        double silence = random.nextInt(3) * 0.1;
        CheckedStore checked =
                new CheckedStore(InMemoryIdempotencyStore.of(Quota.defaults(), time), random, again, silence);
        this.store = checked.store();
        CrashPolicy policy = switch (kind) {
            case LEAVE_UNKNOWN -> CrashPolicy.leaveUnknown();
            case RUN_AGAIN -> CrashPolicy.runAgain();
            case RECONCILE -> CrashPolicy.reconcile(this::ask);
        };
        State first = random.nextBoolean() ? State.STARTED : State.EFFECT_STARTED;
        IdempotencyPublisher reporter = new IdempotencyPublisher("world", IdempotencyListener.NONE);
        ClaimConfig config = ClaimConfig.DEFAULT.with(first, policy);
        this.claimer = new KeyClaimer(new ResendingStore(store, time), SETTINGS, config, reporter, new Owners(time));
        this.call = call((byte) 1);
        this.other = call((byte) 2);
        this.key = call.storageKey();
        checked.letIn(this::somethingElse);
    }

    enum Kind {
        LEAVE_UNKNOWN,
        RUN_AGAIN,
        RECONCILE
    }

    private IdempotentCall call(byte requested) {
        String minted = String.format("%012x", time.wallTime().toEpochMilli());
        String uuid = minted.substring(0, 8) + "-" + minted.substring(8) + "-7000-8000-000000000000";
        return IdempotentCall.of(
                Scope.of("one"), "op", IdempotencyKey.of(uuid), Fingerprint.of("1", new byte[] {requested}));
    }

    int effects() {
        return effects;
    }

    void step() {
        Caller caller = callers[random.nextInt(callers.length)];
        int what = random.nextInt(100);
        try {
            if (caller.owned.isEmpty()) {
                if (what < 70) {
                    begin(caller);
                }
            } else {
                goOn(caller, what);
            }
        } catch (StoreUnavailableException silent) {
            // The caller keeps its progress, or gives up.
            if (random.nextBoolean()) {
                caller.leave();
            }
        }
        if (what >= 80) {
            worldGoesOn(what);
        }
    }

    private void begin(Caller caller) {
        if (store.find(key).isPresent() && random.nextInt(10) == 0) {
            assertOther(claimer.claim(other, key));
            return;
        }
        State before = store.find(key).map(IdempotencyRecord::state).orElse(State.READY);
        Claim claim = claimer.claim(call, key);
        if (claim instanceof Claim.Execute execute) {
            OwnedRecord owned = claimer.owned(execute, call);
            caller.begin(owned);
            byOwner.put(owned.ownerToken().owner(), caller);
        } else if (claim instanceof Claim.Replay replay) {
            assertReplay(replay.done().response().orElseThrow());
        }
        assertThat(before == State.DONE && claim instanceof Claim.Execute).isFalse();
    }

    /** In every state, a call with another fingerprint gets no result. */
    private static void assertOther(Claim claim) {
        assertThat(claim)
                .isIn(
                        new Claim.Rejected(IdempotentResult.Reason.MISMATCH),
                        new Claim.Rejected(IdempotentResult.Reason.EXPIRED));
    }

    private void assertReplay(StoredResponse response) {
        acknowledged.ifPresent(first -> assertThat(response).isEqualTo(first));
        acknowledged = Optional.of(response);
        assertThat(effects).isPositive();
    }

    private void goOn(Caller caller, int what) {
        OwnedRecord owned = caller.owned.orElseThrow();
        if (what < 15 && !caller.announced) {
            caller.owned = owned.effectStarting(store);
            caller.announced = caller.owned.isPresent();
        } else if (what < 30 && caller.announced && !caller.did) {
            caller.did = true;
            effects++;
        } else if (what < 45 && caller.did) {
            complete(caller, owned);
        } else if (what < 52 && !caller.did) {
            // A caller that abandons its record has no effect later, even if the store did not respond.
            caller.leave();
            owned.release(store);
        } else if (what < 59 && caller.announced) {
            caller.leave();
            owned.markUnknown(store);
        } else if (what < 66) {
            owned.renew(store).ifPresent(now -> caller.owned = Optional.of(now));
        } else if (what < 70) {
            caller.leave();
        }
    }

    private void complete(Caller caller, OwnedRecord owned) {
        StoredResponse response =
                StoredResponse.of("fence " + owned.ownerToken().fence());
        if (owned.complete(store, response)) {
            assertReplay(response);
        }
        caller.leave();
    }

    private void worldGoesOn(int what) {
        if (what < 90) {
            time.advance(Duration.ofSeconds(random.nextInt(8)));
        } else if (what < 94) {
            time.advance(Duration.ofSeconds(11));
        } else if (what == 94) {
            time.advance(Duration.ofMinutes(4));
            store.purge(10);
        } else if (what == 95) {
            resolve();
        }
    }

    /** Another step may occur between a decision and its change. */
    private void somethingElse() {
        if (!isInside && random.nextInt(3) == 0) {
            isInside = true;
            try {
                step();
            } finally {
                isInside = false;
            }
        }
    }

    private void resolve() {
        try {
            Optional<IdempotencyRecord> found = store.find(key);
            if (found.isPresent()) {
                claimer.resolve(found.get(), ask(found.get()));
            }
        } catch (StoreUnavailableException silent) {
            // Try again in a later step.
        }
    }

    /** Resolves a record as not done only if its owner is dead. */
    private Resolution ask(IdempotencyRecord unknown) {
        if (effects > 0) {
            return Resolution.done(acknowledged.orElse(StoredResponse.of("found out")));
        }
        if (random.nextBoolean()) {
            return Resolution.stillUnknown();
        }
        Optional.ofNullable(byOwner.get(unknown.ownerToken().owner())).ifPresent(Caller::leave);
        return Resolution.notDone(Resolution.Barred.OWNER_DEAD);
    }
}
