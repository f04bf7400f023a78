package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The time of a machine, whose wall clock is replaced by the clock of the database. Instances compare times that others have written
 * into rows, and their own clocks differ. Between two measurements the monotonic clock counts, so a wall clock that is set has no
 * effect. Safe for use by any number of threads.
 */
final class DatabaseTime implements TimeSource.Forwarding {

    /** Calls are due, and attempts lost, within seconds. A smaller difference is applied and not mentioned. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private final TimeSource machine;
    private final Duration interval;

    /** Empty if no calls are run. */
    private final Optional<Duration> heartbeat;

    private final Measurement start;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong triedAt;
    private volatile Measurement last;
    private volatile long unsettledAt;

    /**
     * Creates the time of a machine. It is the machine's own until the first measurement.
     *
     * @param heartbeat how often running attempts give a sign of life; the clock is measured as often, once a minute at least
     */
    DatabaseTime(TimeSource machine, Duration heartbeat) {
        this(machine, between(MIN_INTERVAL, heartbeat, MAX_INTERVAL), Optional.of(heartbeat));
    }

    private DatabaseTime(TimeSource machine, Duration interval, Optional<Duration> heartbeat) {
        this.machine = machine;
        this.interval = interval;
        this.heartbeat = heartbeat;
        Instant now = machine.wallTime();
        long nanos = machine.nanoTime();
        this.unsettledAt = nanos;
        this.start = new Measurement(now, now, nanos, 0);
        this.last = start;
        this.triedAt = new AtomicLong(nanos - interval.toNanos());
    }

    /** Returns the time of a process that runs no calls. It is measured once a minute at most. */
    static DatabaseTime withoutCalls(TimeSource machine) {
        return new DatabaseTime(machine, MAX_INTERVAL, Optional.empty());
    }

    private static Duration between(Duration least, Duration value, Duration most) {
        Duration bounded = value.compareTo(least) < 0 ? least : value;
        return bounded.compareTo(most) > 0 ? most : bounded;
    }

    /**
     * The clocks at one moment.
     *
     * @param database the clock of the database
     * @param wall the wall clock of the machine
     * @param nanos its monotonic clock
     * @param roundTrip the nanoseconds that the query took; the clock of the database was read about half of them before
     */
    private record Measurement(Instant database, Instant wall, long nanos, long roundTrip) {

        Instant databaseAt(long nanoTime) {
            return database.plusNanos(nanoTime - nanos);
        }

        Duration offset() {
            return Duration.between(wall, database);
        }

        /** Returns whether the wall clock was set since then, or the machine has slept. */
        boolean isDoubtful(Instant wallNow, long nanosNow) {
            return differ(Duration.between(wall, wallNow), Duration.ofNanos(nanosNow - nanos));
        }
    }

    private static boolean differ(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(TOLERANCE) > 0;
    }

    /** Reads the clock of the database. */
    @FunctionalInterface
    interface Clock {
        Instant read() throws SQLException;
    }

    @Override
    public TimeSource delegate() {
        return machine;
    }

    @Override
    public Instant wallTime() {
        return last.databaseAt(machine.nanoTime());
    }

    /** Returns the time by a clock that is never set. A wait for a moment of {@link #wallTime} may take hours longer. */
    Instant steadyTime() {
        return start.databaseAt(machine.nanoTime());
    }

    /** Returns how far {@link #wallTime} is ahead of {@link #steadyTime}; negative if it is behind. */
    Duration steps() {
        Measurement current = last;
        return Duration.between(start.databaseAt(current.nanos), current.database);
    }

    /** Returns how far the clock of the database is ahead of the machine's, at the last measurement; negative if it is behind. */
    Duration offset() {
        return last.offset();
    }

    /** Returns how often an instance that runs no statement has to look whether a measurement is due: a longer gap is an outage. */
    Duration tick() {
        return interval.dividedBy(2);
    }

    /** Returns whether the last measurement is an interval ago, or is doubtful. */
    boolean isDue() {
        long now = machine.nanoTime();
        return now - triedAt.get() >= interval.toNanos() || last.isDoubtful(machine.wallTime(), now);
    }

    /** Measures if that is due. Of several threads one does. */
    void refresh(Clock clock) throws SQLException {
        long tried = triedAt.get();
        if (isDue() && triedAt.compareAndSet(tried, machine.nanoTime())) {
            measure(clock);
        }
    }

    /**
     * Measures, and returns whether times that other instances have written can be compared with this clock. They cannot for some
     * time after it has moved, after an outage of the database, and after the start, which may follow one. The others have to
     * notice it too, and to give a sign of life.
     */
    boolean isSettled(Clock clock) throws SQLException {
        return measure(clock) && machine.nanoTime() - unsettledAt >= settling().toNanos();
    }

    private Duration settling() {
        return heartbeat
                .map(time -> interval.plus(time.multipliedBy(DurableSettings.MISSED_HEARTBEATS)))
                .orElse(Duration.ZERO);
    }

    /**
     * Returns whether more time has passed than between two measurements. In a shorter outage other instances do not miss four
     * heartbeats: one may have passed before it, and the next one comes up to a heartbeat after it.
     */
    private boolean isOutage(long nanos) {
        return heartbeat
                .map(time -> time.compareTo(interval) < 0 ? interval : time)
                .filter(time -> nanos > time.toNanos() / 4 * 7)
                .isPresent();
    }

    /** Measures without the lock, since a connection may freeze, and returns whether the result is precise. */
    private boolean measure(Clock clock) throws SQLException {
        Measurement better;
        try {
            Measurement first = sample(clock);
            Measurement second = sample(clock);
            better = second.roundTrip <= first.roundTrip ? second : first;
        } catch (SQLException failure) {
            unsettledAt = machine.nanoTime();
            throw failure;
        }
        triedAt.set(machine.nanoTime());
        if (better.roundTrip / 2 > TOLERANCE.toNanos()) {
            // It may be wrong by that much. The next one is better.
            return false;
        }
        lock.lock();
        try {
            if (better.nanos - last.nanos >= 0) {
                replace(better);
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void replace(Measurement better) {
        Duration step = Duration.between(last.databaseAt(better.nanos), better.database);
        boolean hasMoved = differ(step, Duration.ZERO);
        if (hasMoved || isOutage(better.nanos - last.nanos)) {
            unsettledAt = better.nanos;
        }
        last = better;
        if (hasMoved) {
            LOGGER.log(
                    WARNING,
                    "the clock of the database is " + text(better.offset()) + " this machine's, which is a change of "
                            + rounded(step)
                            + ": durable calls are due by the clock of the database. "
                            + (heartbeat.isEmpty()
                                    ? ""
                                    : "No attempt of another instance counts as lost within the next " + settling()
                                            + ". ")
                            + "Synchronise the clocks");
        }
    }

    private Measurement sample(Clock clock) throws SQLException {
        long before = machine.nanoTime();
        Instant database = clock.read();
        long after = machine.nanoTime();
        long roundTrip = after - before;
        return new Measurement(database.plusNanos(roundTrip / 2), machine.wallTime(), after, roundTrip);
    }

    private static Duration rounded(Duration time) {
        return Duration.ofMillis(Math.round(time.toMillis() / 100.0) * 100);
    }

    private static String text(Duration offset) {
        return rounded(offset.abs()) + (offset.isNegative() ? " behind" : " ahead of");
    }
}
