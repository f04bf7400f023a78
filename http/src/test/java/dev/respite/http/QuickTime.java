package dev.respite.http;

import dev.respite.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The system's time, but for waits between attempts: those are written down, and last a millisecond. */
final class QuickTime implements TimeSource {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final long MILLISECOND = 1_000_000;

    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    private final List<Duration> alarms = new CopyOnWriteArrayList<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Instant wallTime;

    QuickTime() {
        this(Instant.parse("2026-03-15T12:00:00Z"));
    }

    QuickTime(Instant wallTime) {
        this.wallTime = wallTime;
    }

    /** The waits between attempts, as they were asked for. */
    List<Duration> sleeps() {
        return sleeps;
    }

    /** What was scheduled: the timeouts of attempts. */
    List<Duration> alarms() {
        return alarms;
    }

    /** How many alarms were set and not taken back. */
    int pending() {
        return pending.get();
    }

    @Override
    public long nanoTime() {
        return SYSTEM.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return wallTime;
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        sleeps.add(Duration.ofNanos(nanos));
        SYSTEM.sleep(Math.min(nanos, MILLISECOND));
    }

    @Override
    public java.util.concurrent.Executor executor() {
        return TimeSource.system().executor();
    }

    @Override
    public Scheduled schedule(Task task, long delayNanos) {
        alarms.add(Duration.ofNanos(delayNanos));
        pending.incrementAndGet();
        Scheduled alarm = SYSTEM.schedule(task, delayNanos);
        return () -> {
            pending.decrementAndGet();
            alarm.cancel();
        };
    }

    @Override
    public double roll() {
        return SYSTEM.roll();
    }
}
