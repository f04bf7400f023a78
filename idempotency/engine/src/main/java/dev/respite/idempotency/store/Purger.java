package dev.respite.idempotency.store;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Purges a store at intervals until it is closed.
 *
 * <pre>{@code
 * Purger purger = Purger.start(store);   // every minute, in batches of 1,000
 * }</pre>
 *
 * <p>Start one on each node: the stores of {@code respite-idempotency-jdbc} let one purge run at a time, and the others
 * remove nothing meanwhile. The first round begins after a random part of the interval, so that nodes that start together do
 * not purge together. A round purges batches until one is not full.
 *
 * <p>A round that finds more than 10,000,000 records afterwards logs a warning, once until there are fewer. It uses the
 * estimate of the store, if it has one.
 *
 * <p>A round that fails ends, and the next round tries again. The first failure of a series is logged as a warning by {@code
 * dev.respite.idempotency}. No thread is held between rounds. A round runs on a daemon thread of its own, or in the executor
 * of the given time source.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Purger implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** About 10 GB in PostgreSQL. */
    private static final long MANY_RECORDS = 10_000_000;

    private final IdempotencyStore store;
    private final Duration interval;
    private final int batch;
    private final TimeSource time;
    private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
    private volatile boolean closed;

    private volatile boolean failing;
    private volatile boolean hasMany;

    private Purger(IdempotencyStore store, Duration interval, int batch, TimeSource time) {
        this.store = store;
        this.interval = interval;
        this.batch = batch;
        this.time = time;
    }

    /**
     * Starts to purge a store every minute, with batches of 1,000 records.
     *
     * @param store the store
     * @return the purger; close it to stop
     */
    public static Purger start(IdempotencyStore store) {
        return start(store, Duration.ofMinutes(1), 1_000, TimeSource.on(daemons()));
    }

    /**
     * Starts to purge a store at intervals.
     *
     * @param store the store
     * @param interval from the end of a round to the start of the next, 1 ms to 1 day
     * @param batch the maximum number of records to remove in one transaction, 1 or more; 1,000 is a good value
     * @param time schedules the rounds, which run in its executor; a round with many records may take minutes
     * @return the purger; close it to stop
     * @throws IllegalArgumentException if the interval or the batch is out of its range
     */
    public static Purger start(IdempotencyStore store, Duration interval, int batch, TimeSource time) {
        Objects.requireNonNull(store, "store");
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "interval " + interval + ": it must be 1 ms to 1 day; use a minute if in doubt");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch " + batch + ": it must be at least 1; use 1,000 if in doubt");
        }
        Purger purger = new Purger(store, interval, batch, time);
        purger.schedule((long) (interval.toNanos() * time.roll()));
        return purger;
    }

    /** Stops the purger. A batch in progress is completed; no other batch begins. */
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

    /** An executor that rejects a round does not end the purger. */
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
        boolean isFirst = !failing;
        failing = true;
        if (isFirst) {
            LOGGER.log(
                    WARNING,
                    "expired records could not be purged; the purge is retried every " + interval
                            + ", and further failures are not logged until it succeeds: " + FailureText.of(failure));
        }
    }

    private void round() {
        try {
            purgeAll();
            failing = false;
            checkCount();
        } catch (Throwable failure) {
            // An error that is passed on to an executor that runs tasks itself would schedule a second round.
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

    private void checkCount() {
        long records;
        try {
            records = store.estimatedCount();
        } catch (UnsupportedOperationException none) {
            return;
        }
        if (records > MANY_RECORDS && !hasMany) {
            LOGGER.log(
                    WARNING,
                    "there are about " + records
                            + " records of keys. If that is not expected, a client may be sending new"
                            + " keys without end: limit the records of a scope (withMaxPerScope), or shorten the retention");
        }
        hasMany = records > MANY_RECORDS;
    }

    /** Returns an executor that runs each round on a daemon thread of its own. */
    static Executor daemons() {
        return round -> {
            Thread thread = new Thread(null, round, "respite-purger", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            thread.start();
        };
    }
}
