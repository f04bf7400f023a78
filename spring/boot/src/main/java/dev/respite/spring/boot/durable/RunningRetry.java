package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The instance that runs calls now, if one does. Handlers may enqueue, so what enqueues must not need what runs the handlers. Safe
 * for use by any number of threads.
 */
final class RunningRetry {

    private final AtomicReference<@Nullable DurableRetry> current = new AtomicReference<>();

    Optional<DurableRetry> get() {
        return Optional.ofNullable(current.get());
    }

    void set(DurableRetry started) {
        current.set(started);
    }

    Optional<DurableRetry> remove() {
        return Optional.ofNullable(current.getAndSet(null));
    }

    /** Looks for calls that are due. */
    void wake() {
        get().ifPresent(DurableRetry::wake);
    }
}
