package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Some callers of one key, each of whom may be stopped anywhere for any time, a ledger of what they really did, an operator
 * who looks into the ledger, and time. Only what the protocol allows is done: an effect begins after it was announced, and
 * nobody says of what was done that it was not.
 */
final class MachineWorld {

    private static final IdempotencySettings SETTINGS =
            IdempotencySettings.defaults().withLease(Duration.ofSeconds(10)).withRetention(Duration.ofMinutes(10));

    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final WatchedStore store;
    private final Clerk clerk;
    private final IdempotentCall call;
    private final IdempotentCall other;
    private final StorageKey key;
    private final Caller[] callers = {new Caller(), new Caller(), new Caller()};

    /** Who does it, by the owner's name: for an operator who wants to know whether it is alive. */
    private final Map<String, Caller> byOwner = new HashMap<>();

    private int effects;
    private boolean isInside;
    private Optional<StoredResponse> acknowledged = Optional.empty();

    /** One that asks, and where it stands. */
    private static final class Caller {
        private Optional<Owned> owned = Optional.empty();
        private boolean announced;
        private boolean did;

        void begin(Owned claimed) {
            owned = Optional.of(claimed);
            announced = claimed.record().state() == State.EFFECT_STARTED;
            did = false;
        }

        void leave() {
            owned = Optional.empty();
        }
    }

    MachineWorld(long seed, Kind kind) {
        this.random = new Random(seed);
        boolean again = kind == Kind.RUN_AGAIN;
        double silence = random.nextInt(3) * 0.1;
        this.store = new WatchedStore(InMemoryIdempotencyStore.of(Quota.defaults(), time), random, again, silence);
        CrashPolicy policy = switch (kind) {
            case LEAVE_UNKNOWN -> CrashPolicy.leaveUnknown();
            case RUN_AGAIN -> CrashPolicy.runAgain();
            case RECONCILE -> CrashPolicy.reconcile(this::ask);
        };
        State first = random.nextBoolean() ? State.STARTED : State.EFFECT_STARTED;
        Reporter reporter = new Reporter("world", IdempotencyListener.NONE);
        Conduct conduct = Conduct.DEFAULT.with(first, policy);
        this.clerk = new Clerk(new ResendingStore(store, time), SETTINGS, conduct, reporter, new Owners());
        this.call = call((byte) 1);
        this.other = call((byte) 2);
        this.key = call.storageKey();
        store.letIn(this::somethingElse);
    }

    enum Kind {
        LEAVE_UNKNOWN,
        RUN_AGAIN,
        RECONCILE
    }

    private IdempotentCall call(byte asked) {
        String minted = String.format("%012x", time.wallTime().toEpochMilli());
        String uuid = minted.substring(0, 8) + "-" + minted.substring(8) + "-7000-8000-000000000000";
        return IdempotentCall.of(
                Scope.of("one"), "op", IdempotencyKey.of(uuid), Fingerprint.of("1", new byte[] {asked}));
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
            // Whatever it was about, the caller is where it was; or it has given up.
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
            assertOther(clerk.claim(other, key));
            return;
        }
        State before = store.find(key).map(IdempotencyRecord::state).orElse(State.READY);
        Clerk.Claimed claimed = clerk.claim(call, key);
        if (claimed instanceof Clerk.Claimed.Mine mine) {
            caller.begin(mine.owned());
            byOwner.put(mine.owned().ownership().owner(), caller);
        } else if (((Clerk.Claimed.Told) claimed).answer() instanceof Answer.Replayed replayed) {
            assertReplay(replayed.response());
        }
        assertThat(before == State.DONE && claimed instanceof Clerk.Claimed.Mine)
                .isFalse();
    }

    /** Whatever the state, another fingerprint never runs and never sees a result. */
    private static void assertOther(Clerk.Claimed claimed) {
        assertThat(claimed).isInstanceOf(Clerk.Claimed.Told.class);
        Answer answer = ((Clerk.Claimed.Told) claimed).answer();
        assertThat(answer).isInstanceOfAny(Answer.Mismatch.class, Answer.Expired.class);
    }

    private void assertReplay(StoredResponse response) {
        acknowledged.ifPresent(first -> assertThat(response).isEqualTo(first));
        acknowledged = Optional.of(response);
        assertThat(effects).isPositive();
    }

    private void goOn(Caller caller, int what) {
        Owned owned = caller.owned.orElseThrow();
        if (what < 15 && !caller.announced) {
            caller.owned = owned.effectStarting(store);
            caller.announced = caller.owned.isPresent();
        } else if (what < 30 && caller.announced && !caller.did) {
            caller.did = true;
            effects++;
        } else if (what < 45 && caller.did) {
            complete(caller, owned);
        } else if (what < 52 && !caller.did) {
            // Who has said so does nothing any more, whether the store has heard it or not.
            caller.leave();
            owned.abandon(store);
        } else if (what < 59 && caller.announced) {
            caller.leave();
            owned.giveUp(store);
        } else if (what < 66) {
            owned.renew(store).ifPresent(now -> caller.owned = Optional.of(now));
        } else if (what < 70) {
            caller.leave();
        }
    }

    private void complete(Caller caller, Owned owned) {
        StoredResponse response = StoredResponse.of("fence " + owned.ownership().fence());
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

    /** A change is never alone: something may have happened since it was decided on. */
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
                clerk.resolve(found.get(), ask(found.get()));
            }
        } catch (StoreUnavailableException silent) {
            // The next time, then.
        }
    }

    /** Says that nothing was done only if whoever could still do it is dead. */
    private Resolution ask(IdempotencyRecord unknown) {
        if (effects > 0) {
            return Resolution.done(acknowledged.orElse(StoredResponse.of("found out")));
        }
        if (random.nextBoolean()) {
            return Resolution.stillUnknown();
        }
        Optional.ofNullable(byOwner.get(unknown.ownership().owner())).ifPresent(Caller::leave);
        return Resolution.notDone(Resolution.Barred.OWNER_DEAD);
    }
}
