package dev.respite.idempotency;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Claims a key once: asks the store, obeys the {@link Claim} that comes of it, and asks again where somebody was quicker. A
 * first execution and a replay take one question, a takeover two.
 */
final class Clerk {

    /** Each further round means that somebody else has got on. So many in one go are not a race any more. */
    private static final int MOST_ROUNDS = 20;

    private static final String NO_RESOLUTION =
            "null is no resolution; Resolution.stillUnknown() says that it is not known";
    private static final Duration SOONEST = Duration.ofMillis(50);
    private static final Duration LATEST = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final IdempotencySettings settings;
    private final Conduct conduct;
    private final Reporter reporter;
    private final Owners owners;

    Clerk(IdempotencyStore store, IdempotencySettings settings, Conduct conduct, Reporter reporter, Owners owners) {
        this.store = store;
        this.settings = settings;
        this.conduct = conduct;
        this.reporter = reporter;
        this.owners = owners;
    }

    /** What a call is to do: run what is its own, or pass on what it is told. */
    sealed interface Claimed {
        record Mine(Owned owned) implements Claimed {}

        record Told(Answer answer) implements Claimed {}
    }

    Claimed claim(IdempotentCall call, StorageKey key) {
        Draft mine = draft(call);
        Claim claim = Claim.of(store.putIfAbsent(key, mine), call, mine, conduct.crashPolicy());
        boolean mayAsk = true;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            if (claim instanceof Claim.TakeOver over) {
                // A claim of this very call may have been lost, given up and resolved meanwhile: it was another's by
                // now.
                mine = over.seen().ownership().owner().equals(mine.owner()) ? draft(call) : mine;
                claim = takeOver(over, call, key, mine);
            } else if (claim instanceof Claim.GiveUp up) {
                claim = giveUp(up, call, key, mine);
            } else if (mayAsk
                    && claim instanceof Claim.Unknown unknown
                    && conduct.crashPolicy() instanceof CrashPolicy.Reconcile policy) {
                claim = reconcile(unknown, policy.reconciler(), call, key, mine);
                mayAsk = false;
            } else {
                return claim instanceof Claim.Execute execute
                        ? new Claimed.Mine(new Owned(execute.mine(), settings, conduct, this::becameUnknown))
                        : new Claimed.Told(answer(claim, key));
            }
        }
        return new Claimed.Told(new Answer.InProgress(LATEST));
    }

    private Draft draft(IdempotentCall call) {
        return Drafts.first(call, conduct.firstState(), owners.next(), settings);
    }

    private Claim takeOver(Claim.TakeOver over, IdempotentCall call, StorageKey key, Draft mine) {
        IdempotencyStore.Swap swap = store.compareAndSet(over.expected(), Drafts.takeOver(over.seen(), mine));
        if (swap instanceof IdempotencyStore.Written written) {
            if (over.seen().state().isOwned()) {
                reporter.tell(new IdempotencyEvent.TookOver(reporter.name(), key, written.record()));
            }
            return new Claim.Execute(written.record());
        }
        return again(over, (IdempotencyStore.Refused) swap, call, key, mine);
    }

    private Claim giveUp(Claim.GiveUp up, IdempotentCall call, StorageKey key, Draft mine) {
        Draft unknown = Drafts.of(up.seen(), State.UNKNOWN, settings, Optional.empty());
        IdempotencyStore.Swap swap = store.compareAndSet(up.expected(), unknown);
        if (swap instanceof IdempotencyStore.Written written) {
            becameUnknown(written.record().ownership());
            return new Claim.Unknown(written.record());
        }
        return again(up, (IdempotencyStore.Refused) swap, call, key, mine);
    }

    private void becameUnknown(Ownership ownership) {
        reporter.tell(new IdempotencyEvent.BecameUnknown(reporter.name(), ownership.key(), ownership));
    }

    private Claim again(Claim refused, IdempotencyStore.Refused now, IdempotentCall call, StorageKey key, Draft mine) {
        if (now.current().isEmpty()) {
            return Claim.of(store.putIfAbsent(key, mine), call, mine, conduct.crashPolicy());
        }
        return Claim.afterRefusal(refused, now.current().get(), now.storeNow(), call, mine, conduct.crashPolicy());
    }

    private Claim reconcile(
            Claim.Unknown unknown, Reconciler reconciler, IdempotentCall call, StorageKey key, Draft mine) {
        Resolution resolution;
        try {
            resolution = Objects.requireNonNull(reconciler.ask(unknown.record()), NO_RESOLUTION);
        } catch (Exception failure) {
            reporter.tell(new IdempotencyEvent.PartFailed(reporter.name(), key, "reconciler", failure));
            return unknown;
        }
        if (resolution instanceof Resolution.StillUnknown) {
            return unknown;
        }
        resolve(unknown.record(), resolution);
        // Whoever resolved it, this call or another: what counts is what is there now.
        return Claim.of(store.putIfAbsent(key, mine), call, mine, conduct.crashPolicy());
    }

    /** Whether the record is now as it was found out to be, and was not before. */
    boolean resolve(IdempotencyRecord unknown, Resolution resolution) {
        if (unknown.state() != State.UNKNOWN || resolution instanceof Resolution.StillUnknown) {
            return false;
        }
        Draft draft = resolution instanceof Resolution.Done done
                ? Drafts.of(
                        unknown,
                        State.DONE,
                        settings,
                        Optional.of(conduct.stored(unknown.key(), done.response(), settings)))
                : Drafts.of(unknown, State.READY, settings, Optional.empty());
        Expectation expected = new Expectation(unknown.ownership(), State.UNKNOWN, false);
        if (store.compareAndSet(expected, draft) instanceof IdempotencyStore.Written written) {
            reporter.tell(new IdempotencyEvent.Resolved(reporter.name(), unknown.key(), written.record()));
            return true;
        }
        return false;
    }

    private Answer answer(Claim claim, StorageKey key) {
        if (claim instanceof Claim.Replay replay) {
            return replayed(replay.done());
        }
        if (claim instanceof Claim.Wait wait) {
            return new Answer.InProgress(clipped(wait.leaseLeft()));
        }
        if (claim instanceof Claim.Unknown) {
            return new Answer.Unknown(key);
        }
        if (claim instanceof Claim.Conflict) {
            return new Answer.Mismatch();
        }
        if (claim instanceof Claim.Expired) {
            return new Answer.Expired();
        }
        if (claim instanceof Claim.Postdated) {
            return new Answer.Postdated();
        }
        return new Answer.OverQuota();
    }

    Answer replayed(IdempotencyRecord stored) {
        IdempotencyRecord done = conduct.readable(stored);
        StoredResponse response = done.response().orElseThrow();
        if (response.body().isPresent() || conduct.rebuilder().isEmpty()) {
            return new Answer.Replayed(response, done);
        }
        try {
            StoredResponse rebuilt = conduct.rebuilder().get().rebuild(done);
            return new Answer.Replayed(Objects.requireNonNull(rebuilt, "the rebuilder returned null"), done);
        } catch (Exception failure) {
            reporter.tell(new IdempotencyEvent.PartFailed(reporter.name(), done.key(), "rebuilder", failure));
            return new Answer.Replayed(response, done);
        }
    }

    private static Duration clipped(Duration wait) {
        if (wait.compareTo(SOONEST) < 0) {
            return SOONEST;
        }
        return wait.compareTo(LATEST) > 0 ? LATEST : wait;
    }
}
