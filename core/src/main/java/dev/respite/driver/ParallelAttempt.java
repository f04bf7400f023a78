package dev.respite.driver;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a {@link ParallelCall}. Safe for use by any thread.
 *
 * @param <T> the type of the call's value
 */
public interface ParallelAttempt<T extends @Nullable Object> {

    /** Notes the time at which the attempt begins. Once, before all else. */
    void begin();

    /**
     * Starts the operation on this thread. Its stage is ended when the time of the attempt is up.
     *
     * @param listener receives the value or the failure of the attempt, once
     */
    void start(BiConsumer<T, Throwable> listener);
}
