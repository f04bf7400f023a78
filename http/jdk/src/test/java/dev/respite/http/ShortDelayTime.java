package dev.respite.http;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;

/** The system's time, but for waits between attempts: those are written down, and last a millisecond. */
class ShortDelayTime implements TimeSource.Forwarding {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final long MILLISECOND = 1_000_000;

    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    private final List<Duration> alarms = new CopyOnWriteArrayList<>();
    private final List<Future<?>> set = new CopyOnWriteArrayList<>();
    private final Instant wallTime;

    ShortDelayTime() {
        this(Instant.parse("2026-03-15T12:00:00Z"));
    }

    ShortDelayTime(Instant wallTime) {
        this.wallTime = wallTime;
    }

    /** The waits between attempts, as they were requested. */
    List<Duration> sleeps() {
        return sleeps;
    }

    /** The scheduled tasks: the timeouts of attempts. */
    List<Duration> alarms() {
        return alarms;
    }

    /** How many alarms were set, and have neither gone off nor been taken back. */
    long pending() {
        return set.stream().filter(alarm -> !alarm.isDone()).count();
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

    /** An asynchronous call is itself the task that waits. */
    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        if (task instanceof CompletableFuture) {
            sleeps.add(Duration.ofNanos(delayNanos));
            return SYSTEM.schedule(task, Math.min(delayNanos, MILLISECOND));
        }
        alarms.add(Duration.ofNanos(delayNanos));
        Future<?> alarm = SYSTEM.schedule(task, delayNanos);
        set.add(alarm);
        return alarm;
    }

    @Override
    public TimeSource delegate() {
        return SYSTEM;
    }
}
