package dev.respite.spring.boot.durable;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The durable calls of the application, for its endpoint. Public because the endpoint is in another package. */
@FunctionalInterface
public interface DurableOverview {

    /**
     * Reads the calls.
     *
     * @return the calls, or why they could not be read
     */
    Section read();

    /**
     * A part of the endpoint.
     *
     * @param calls the counts; null if they could not be read
     * @param failure the class of what the database has thrown; null if it was read
     */
    record Section(@Nullable Calls calls, @Nullable String failure) {}

    /**
     * The calls of all tasks and instances at one moment.
     *
     * @param due those that could run now
     * @param running those that a worker has picked
     * @param scheduled those that are due later
     * @param oldestDue when the call was due that has waited longest for a worker; null if none waits
     * @param dead those that were given up
     * @param paused those that wait until they are resumed
     * @param parked those whose task or data is not known
     */
    record Calls(
            long due,
            long running,
            long scheduled,
            @Nullable Instant oldestDue,
            long dead,
            long paused,
            long parked) {}
}
