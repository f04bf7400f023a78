package dev.respite.idempotency;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Purges a store at intervals, until it is closed.
 *
 * <pre>{@code
 * Purger purger = Purger.start(store);   // every minute, in batches of 1,000
 * }</pre>
 *
 * <p>Start one on each node: the stores of {@code respite-idempotency-jdbc} let one purge work at a time, and the others remove
 * nothing then. The first round begins after a random part of the interval, so that nodes that start together do not purge
 * together. A round purges batch by batch until one is not full.
 *
 * <p>A round that fails ends there, and the next one tries again. The first failure in a row is logged as a warning by {@code
 * dev.respite.idempotency}. No thread is held between rounds; a round runs on a daemon thread of its own, or in the executor of
 * the time source that is given.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Purger implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final IdempotencyStore store;
    private final Duration interval;
    private final int batch;
    private final TimeSource time;
    private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
    private volatile boolean closed;

    private volatile boolean failing;

    private Purger(IdempotencyStore store, Duration interval, int batch, TimeSource time) {
        this.store = store;
        this.interval = interval;
        this.batch = batch;
        this.time = time;
    }

    /**
     * Purges a store every minute, 1,000 records a batch.
     *
     * @param store the store
     * @return what to close in the end
     */
    public static Purger start(IdempotencyStore store) {
        return start(store, Duration.ofMinutes(1), 1_000, TimeSource.on(daemons()));
    }

    /**
     * Purges a store at intervals.
     *
     * @param store the store
     * @param interval from the end of a round to the beginning of the next, 1 ms to 1 day
     * @param batch how many records are removed in one transaction at most, 1 or more; 1,000 is good
     * @param time what waits; the rounds run in its executor, and a round may take minutes where there is much to remove
     * @return what to close in the end
     * @throws IllegalArgumentException if the interval or the batch is out of its range
     */
    public static Purger start(IdempotencyStore store, Duration interval, int batch, TimeSource time) {
        Objects.requireNonNull(store, "store");
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("interval " + interval + ": it is 1 ms to 1 day; a minute is good");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch " + batch + ": it is at least 1; 1,000 is good");
        }
        Purger purger = new Purger(store, interval, batch, time);
        purger.schedule((long) (interval.toNanos() * time.roll()));
        return purger;
    }

    /** Ends it. A batch that is being removed is removed; no other begins. */
    @Override
    public void close() {
        closed = true;
        Future<?> waiting = next.get();
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    private void schedule(long nanos) {
        next.set(time.schedule(this::begin, nanos));
        if (closed) {
            close();
        }
    }

    /** An executor that is full, or has no thread, does not end the purges. */
    private void begin() {
        try {
            time.executor().execute(this::round);
        } catch (Throwable refused) {
            failed(refused);
            if (!closed) {
                schedule(interval.toNanos());
            }
        }
    }

    private void failed(Throwable failure) {
        if (!failing) {
            LOGGER.log(
                    WARNING,
                    "expired records could not be purged; it is tried again every " + interval
                            + ", and not logged again until it has succeeded: " + failure);
        }
        failing = true;
    }

    private void round() {
        try {
            purgeAll();
            failing = false;
        } catch (RuntimeException failure) {
            failed(failure);
        } finally {
            if (!closed) {
                schedule(interval.toNanos());
            }
        }
    }

    private void purgeAll() {
        int removed;
        do {
            removed = closed ? 0 : store.purge(batch);
        } while (removed >= batch);
    }

    private static Executor daemons() {
        return round -> {
            Thread thread = new Thread(null, round, "respite-purger", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            thread.start();
        };
    }
}
