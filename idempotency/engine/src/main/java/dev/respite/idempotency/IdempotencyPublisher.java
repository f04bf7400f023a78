package dev.respite.idempotency;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.logging.FailureText;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes the events of an engine: counts them and notifies its listener. Exceptions of a listener are logged and not
 * passed on.
 */
final class IdempotencyPublisher {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private static final Map<Class<? extends IdempotentResult>, Kind> RESULTS = Map.of(
            IdempotentResult.Executed.class, Kind.EXECUTED,
            IdempotentResult.Replayed.class, Kind.REPLAYED,
            IdempotentResult.NotDone.class, Kind.NOT_DONE,
            IdempotentResult.FailedWithUnknownEffect.class, Kind.FAILED_WITH_UNKNOWN_EFFECT,
            IdempotentResult.InProgress.class, Kind.IN_PROGRESS,
            IdempotentResult.Unknown.class, Kind.UNKNOWN);

    private final String name;
    private final IdempotencyListener listener;

    /** Filled once, so that it is read without a lock. */
    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

    IdempotencyPublisher(String name, IdempotencyListener listener) {
        this.name = name;
        this.listener = listener;
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    IdempotencyPublisher withName(String newName) {
        return new IdempotencyPublisher(newName, listener);
    }

    IdempotencyPublisher withListener(IdempotencyListener added) {
        Objects.requireNonNull(added, "listener");
        if (listener == IdempotencyListener.NONE) {
            return new IdempotencyPublisher(name, added);
        }
        IdempotencyListener first = listener;
        return new IdempotencyPublisher(name, event -> {
            publish(first, event);
            publish(added, event);
        });
    }

    /** Publishes the result of a call. */
    void ended(StorageKey key, IdempotentResult result) {
        publish(kind(result), key, Optional.empty(), Optional.empty());
    }

    private static Kind kind(IdempotentResult result) {
        if (result instanceof IdempotentResult.Rejected rejected) {
            return switch (rejected.reason()) {
                case MISMATCH -> Kind.MISMATCH;
                case EXPIRED -> Kind.EXPIRED;
                case KEY_FROM_FUTURE -> Kind.KEY_FROM_FUTURE;
                case OVER_QUOTA -> Kind.OVER_QUOTA;
            };
        }
        return Objects.requireNonNull(RESULTS.get(result.getClass()));
    }

    /** Publishes a failure of the work, of the store or of a callback. */
    void failed(Kind kind, StorageKey key, Throwable error) {
        publish(kind, key, Optional.empty(), Optional.of(error));
    }

    /** Logs and publishes that a record became UNKNOWN. Operators find the effect by the values in the log. */
    void becameUnknown(IdempotencyRecord record, Optional<String> requestId) {
        LOGGER.log(
                WARNING,
                () -> "the key of record " + record.key() + " of '" + name + "' is UNKNOWN"
                        + record.ownerToken()
                                .operation()
                                .map(text -> ", operation " + text)
                                .orElse("")
                        + record.ownerToken()
                                .claimedAt()
                                .map(time -> ", claimed at " + time)
                                .orElse("")
                        + requestId.map(id -> ", request " + id).orElse("")
                        + ": its effect may have happened, and it does not run again until it is resolved"
                        + " (docs/on-call.md)");
        publish(Kind.BECAME_UNKNOWN, record.key(), Optional.of(record));
    }

    /** Publishes a change of a record. */
    void publish(Kind kind, StorageKey key, Optional<IdempotencyRecord> record) {
        publish(kind, key, record, Optional.empty());
    }

    private void publish(Kind kind, StorageKey key, Optional<IdempotencyRecord> record, Optional<Throwable> error) {
        Objects.requireNonNull(counts.get(kind)).increment();
        if (listener != IdempotencyListener.NONE) {
            publish(listener, new IdempotencyEvent(name, key, kind, record, error));
        }
    }

    IdempotencyCounts read() {
        Map<Kind, Long> some = new EnumMap<>(Kind.class);
        counts.forEach((kind, count) -> {
            long sum = count.sum();
            if (sum > 0) {
                some.put(kind, sum);
            }
        });
        return new IdempotencyCounts(some);
    }

    private static void publish(IdempotencyListener to, IdempotencyEvent event) {
        try {
            to.on(event);
        } catch (Throwable bug) {
            LOGGER.log(
                    WARNING, "a listener of '" + event.name() + "' has thrown an exception", FailureText.loggable(bug));
        }
    }
}
