package dev.respite.idempotency;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Maps a claim that does not run the work, or the outcome of an execution, to the result of the call. Where the outcome
 * leaves it open, reads the record.
 */
final class ResultMapper {

    private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(50);
    private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(1);

    /** The store has already been retried for seconds when this is used. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final ClaimConfig config;
    private final IdempotencyPublisher reporter;

    ResultMapper(IdempotencyStore store, ClaimConfig config, IdempotencyPublisher reporter) {
        this.store = store;
        this.config = config;
        this.reporter = reporter;
    }

    /**
     * Returns the result of a final claim other than {@link Claim.Execute}.
     *
     * @throws StoreUnavailableException if the recorded response cannot be decrypted
     */
    IdempotentResult result(Claim claim, StorageKey key) {
        if (claim instanceof Claim.Replay replay) {
            return replayed(replay.done());
        }
        if (claim instanceof Claim.InProgress wait) {
            return new IdempotentResult.InProgress(clipped(wait.leaseLeft()));
        }
        if (claim instanceof Claim.Unknown) {
            return new IdempotentResult.Unknown(key);
        }
        return new IdempotentResult.Rejected(((Claim.Rejected) claim).reason());
    }

    private static Duration clipped(Duration wait) {
        if (wait.compareTo(MIN_RETRY_AFTER) < 0) {
            return MIN_RETRY_AFTER;
        }
        return wait.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : wait;
    }

    /** Returns the result for an outcome that is not {@link ExecutionOutcome.Unfinished#LOST}. */
    IdempotentResult result(OwnedRecord owned, ExecutionOutcome outcome) {
        if (outcome instanceof IdempotentResult result) {
            return result;
        }
        return outcome == ExecutionOutcome.Unfinished.UNDECIDED
                ? undecided(owned.record().key())
                : unrecorded(owned, owned.record().key());
    }

    /**
     * Effect and record are both there or both missing, so the same key may be sent again. "In progress" is the result that
     * shows it: "unknown" would be final, and "unavailable" would say that the work did not run.
     */
    private IdempotentResult undecided(StorageKey key) {
        return read(key)
                .flatMap(current -> current)
                .filter(found -> found.state() == State.DONE)
                .flatMap(this::tryReplay)
                .orElseGet(() -> new IdempotentResult.InProgress(RETRY_AFTER));
    }

    /**
     * The effect may have taken place and is not recorded. The work does not run again in this call, whatever the record
     * says.
     */
    private IdempotentResult unrecorded(OwnedRecord owned, StorageKey key) {
        Optional<Optional<IdempotencyRecord>> read = read(key);
        if (read.isEmpty()) {
            return new IdempotentResult.Unknown(key);
        }
        Optional<IdempotencyRecord> current = read.get();
        if (!current.map(found -> mayStillBe(found, owned)).orElse(false)) {
            reporter.publish(Kind.LOST_OWNERSHIP, key, current);
        }
        return current.filter(found -> found.state() == State.DONE)
                .flatMap(this::tryReplay)
                .orElseGet(() -> new IdempotentResult.Unknown(key));
    }

    /** Returns empty if the stored response cannot be read. "Unavailable" would say that the work did not run. */
    private Optional<IdempotentResult> tryReplay(IdempotencyRecord done) {
        try {
            return Optional.of(replayed(done));
        } catch (StoreUnavailableException unreadable) {
            reporter.failed(Kind.STORE_FAILED, done.key(), unreadable);
            return Optional.empty();
        }
    }

    private IdempotentResult replayed(IdempotencyRecord stored) {
        IdempotencyRecord done = config.readable(stored);
        StoredResponse response = done.response().orElseThrow();
        if (response.hasBody() || config.rebuilder().isEmpty()) {
            return new IdempotentResult.Replayed(response, done);
        }
        try {
            StoredResponse rebuilt = config.rebuilder().get().rebuild(done);
            return new IdempotentResult.Replayed(Objects.requireNonNull(rebuilt, "the rebuilder returned null"), done);
        } catch (Exception failure) {
            reporter.failed(Kind.CALLBACK_FAILED, done.key(), failure);
            return new IdempotentResult.Replayed(response, done);
        }
    }

    /** Reads the record; the outer optional is empty if the store does not respond. */
    private Optional<Optional<IdempotencyRecord>> read(StorageKey key) {
        try {
            return Optional.of(store.find(key));
        } catch (StoreUnavailableException failure) {
            reporter.failed(Kind.STORE_FAILED, key, failure);
            return Optional.empty();
        }
    }

    /** Returns whether no other call has run the work since. A READY record has been resolved as not done. */
    private static boolean mayStillBe(IdempotencyRecord found, OwnedRecord owned) {
        return found.ownerToken().equals(owned.ownerToken()) && found.state() != State.READY;
    }
}
