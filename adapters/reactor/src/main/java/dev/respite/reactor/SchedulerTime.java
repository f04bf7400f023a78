package dev.respite.reactor;

import dev.respite.time.TimeSource;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * The time of a Reactor {@link Scheduler}: its clock, its waits, its threads.
 *
 * <pre>{@code
 * Retry retry = Retry.of(RetryPolicy.defaults(), SchedulerTime.of(Schedulers.parallel()));
 * }</pre>
 *
 * <p>Within {@code StepVerifier.withVirtualTime} that is virtual time, provided that this is made there: Reactor replaces
 * its schedulers then, and disposes of those that were.
 *
 * <p>When the scheduler is disposed of, calls that wait in it end within a second with {@link
 * dev.respite.outcome.StopReason#EXECUTOR_REFUSED}. It does so without notice; so while tasks wait, the shared timer of {@link
 * TimeSource#system()} checks it ten times a second. Safe for use by any number of threads.
 */
public final class SchedulerTime implements TimeSource {

    private final Scheduler scheduler;
    private final TimeSource system = TimeSource.system();
    private final TimeSource waits;

    private SchedulerTime(Scheduler scheduler) {
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.waits = TimeSource.on(scheduler::schedule, new ReactorScheduler(scheduler));
    }

    /**
     * {@return the time source of a Reactor scheduler}
     *
     * @param scheduler one that can run tasks later, with a clock that is monotonic in nanoseconds: any of Reactor's but
     *     {@code immediate()}
     */
    public static SchedulerTime of(Scheduler scheduler) {
        return new SchedulerTime(scheduler);
    }

    @Override
    public long nanoTime() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    @Override
    public Instant wallTime() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }

    /** Waits for the scheduler; in virtual time another thread must let that pass. */
    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (nanos > 0) {
            CountDownLatch over = new CountDownLatch(1);
            Future<?> wait = schedule(new Alarm(over), nanos);
            try {
                over.await();
            } finally {
                wait.cancel(false);
            }
        }
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        return waits.schedule(task, delayNanos);
    }

    @Override
    public Executor executor() {
        return scheduler::schedule;
    }

    @Override
    public double roll() {
        return system.roll();
    }

    /** Wakes the thread that sleeps, also if the time will never come. */
    private record Alarm(CountDownLatch over) implements Task {
        @Override
        public void run() {
            over.countDown();
        }

        @Override
        public void rejected() {
            over.countDown();
        }
    }
}
