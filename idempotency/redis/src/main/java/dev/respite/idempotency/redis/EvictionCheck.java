package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks every minute that no server evicts keys, because the policy of a server can be changed while it runs. Operations
 * read the result of the last check and do not wait for one.
 *
 * <p>A server that does not respond does not change the result. A check runs in the executor of the time source, and no
 * thread is held between checks.
 *
 * <p>Safe for use by any number of threads.
 */
final class EvictionCheck implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final Servers servers;
    private final RedisConnections connections;
    private final TimeSource time;
    private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean closed;

    private EvictionCheck(Servers servers, TimeSource time) {
        this.servers = servers;
        this.connections = servers.connections(Servers.AT_THE_START);
        this.time = time;
    }

    /** Starts the checks of servers that have just been checked. */
    static EvictionCheck start(Servers servers, TimeSource time) {
        EvictionCheck check = new EvictionCheck(servers, time);
        check.schedule();
        return check;
    }

    /** Returns why new keys are rejected, with the remedy; empty if no server evicts keys. */
    Optional<String> problem() {
        return problem;
    }

    private void schedule() {
        next.set(time.schedule(this::begin, INTERVAL.toNanos()));
        if (closed) {
            close();
        }
    }

    /** An executor that rejects a check does not end the later ones. */
    private void begin() {
        try {
            time.executor().execute(this::runOnce);
        } catch (Throwable rejected) {
            scheduleNext();
        }
    }

    private void runOnce() {
        try {
            check();
        } catch (Throwable failure) {
            // An error that is passed on to an executor that runs tasks itself would schedule a second check.
            LOGGER.log(WARNING, "the eviction policy of Redis could not be checked", FailureText.loggable(failure));
        } finally {
            scheduleNext();
        }
    }

    private void scheduleNext() {
        if (!closed) {
            schedule();
        }
    }

    private void check() {
        boolean isComplete = true;
        for (Supplier<RedisClusterAsyncCommands<String, byte[]>> primary :
                servers.current().primaries()) {
            try {
                Optional<String> found =
                        ServerFacts.evictionProblem(ServerFacts.evictionPolicy(connections, primary.get()));
                if (found.isPresent()) {
                    changeTo(found);
                    return;
                }
            } catch (RuntimeException unreachable) {
                // Not always a RedisException: the client may have been shut down.
                isComplete = false;
            }
        }
        if (isComplete) {
            changeTo(Optional.empty());
        }
    }

    private void changeTo(Optional<String> found) {
        Optional<String> before = problem;
        problem = found;
        if (found.isPresent() && !found.equals(before)) {
            LOGGER.log(WARNING, found.get() + ". Until then, new keys are rejected");
        } else if (found.isEmpty() && before.isPresent()) {
            LOGGER.log(
                    WARNING,
                    "Redis has maxmemory-policy noeviction again, and new keys are accepted. If evicted_keys of INFO stats"
                            + " is more than 0, records may be lost: their keys run again");
        }
    }

    @Override
    public void close() {
        closed = true;
        Future<?> waiting = next.get();
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
