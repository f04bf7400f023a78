package dev.respite.idempotency;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes the events of an engine: counts them and notifies its listener. Exceptions of a listener are logged and not
 * passed on.
 */
final class IdempotencyPublisher {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

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

    String name() {
        return name;
    }

    void publish(IdempotencyEvent event) {
        Objects.requireNonNull(counts.get(EventKinds.of(event))).increment();
        if (listener != IdempotencyListener.NONE) {
            publish(listener, event);
        }
    }

    void storeFailed(StorageKey key, StoreUnavailableException failure) {
        publish(new IdempotencyEvent.StoreFailed(name, key, failure));
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
            LOGGER.log(WARNING, "a listener of '" + event.name() + "' has thrown an exception", bug);
        }
    }
}
