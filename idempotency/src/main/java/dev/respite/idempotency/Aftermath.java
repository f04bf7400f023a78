package dev.respite.idempotency;

import java.time.Duration;
import java.util.Optional;

/** What to tell of a thing that was run, as it ended. */
final class Aftermath {

    /** The store was asked in vain for long already. */
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final Clerk clerk;
    private final Reporter reporter;

    Aftermath(IdempotencyStore store, Clerk clerk, Reporter reporter) {
        this.store = store;
        this.clerk = clerk;
        this.reporter = reporter;
    }

    /** The answer to an ending that is not {@link Ending.Lost}. */
    Answer answer(Owned owned, Ending ending) {
        if (ending instanceof Ending.Completed completed) {
            return new Answer.Executed(completed.response());
        }
        if (ending instanceof Ending.NotDone not) {
            return new Answer.NotDone(not.response());
        }
        if (ending instanceof Ending.Unsettled unsettled) {
            return new Answer.Unsettled(unsettled.response());
        }
        return ending instanceof Ending.Undecided
                ? undecided(owned.record().key())
                : unrecorded(owned, owned.record().key());
    }

    /**
     * It was done and recorded, or neither: nobody has to find anything out, it is only to be asked again. "In progress" says
     * that; "unknown" would end it, and "unavailable" would say that nothing was run.
     */
    private Answer undecided(StorageKey key) {
        return read(key)
                .flatMap(current -> current)
                .filter(found -> found.state() == State.DONE)
                .flatMap(this::replayed)
                .orElseGet(() -> new Answer.InProgress(A_WHILE));
    }

    /** It may have been done, and was not recorded: never run again here, whatever is found. */
    private Answer unrecorded(Owned owned, StorageKey key) {
        Optional<Optional<IdempotencyRecord>> read = read(key);
        if (read.isEmpty()) {
            return new Answer.Unknown(key);
        }
        Optional<IdempotencyRecord> current = read.get();
        if (!current.map(found -> mayStillBe(found, owned)).orElse(false)) {
            reporter.tell(new IdempotencyEvent.LostOwnership(reporter.name(), key, false, current));
        }
        return current.filter(found -> found.state() == State.DONE)
                .flatMap(this::replayed)
                .orElseGet(() -> new Answer.Unknown(key));
    }

    /** Empty if what was stored cannot be read: to say "unavailable" would say that nothing was run. */
    private Optional<Answer> replayed(IdempotencyRecord done) {
        try {
            return Optional.of(clerk.replayed(done));
        } catch (StoreUnavailableException unreadable) {
            reporter.storeFailed(done.key(), unreadable);
            return Optional.empty();
        }
    }

    /** The record, or that there is none; empty if the store does not answer. */
    private Optional<Optional<IdempotencyRecord>> read(StorageKey key) {
        try {
            return Optional.of(store.find(key));
        } catch (StoreUnavailableException failure) {
            reporter.storeFailed(key, failure);
            return Optional.empty();
        }
    }

    /** Nobody has run since. READY is not that: somebody said that nothing was done. */
    private static boolean mayStillBe(IdempotencyRecord found, Owned owned) {
        return found.ownership().equals(owned.ownership()) && found.state() != State.READY;
    }
}
