package dev.respite.sim;

import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** Virtual time whose chance is the simulator's own. */
final class SimTime implements TimeSource {

    private final VirtualTime clock = new VirtualTime();
    private final Executor executor = this::handOver;
    private final SeededRandom rolls;
    private final long mostAtOnce;

    private long instant;
    private long atOnce;
    private boolean standsStill;

    /**
     * Creates virtual time at 0.
     *
     * @param seed the seed of its random numbers
     */
    SimTime(long seed) {
        this(seed, Long.MAX_VALUE);
    }

    /**
     * Creates virtual time at 0.
     *
     * @param seed the seed of its random numbers
     * @param mostAtOnce how much may be begun without a delay at one instant, before it is held for a circle that has no end
     */
    SimTime(long seed, long mostAtOnce) {
        this.rolls = new SeededRandom(seed, "rolls");
        this.mostAtOnce = mostAtOnce;
    }

    /** Time that would stand still for ever refuses whatever is to be done in it from then on, and so comes to an end. */
    private void count(long delay) {
        if (instant != clock.nanoTime() && !standsStill) {
            instant = clock.nanoTime();
            atOnce = 0;
        }
        if (delay <= 0) {
            atOnce++;
        }
        standsStill |= atOnce > mostAtOnce;
        if (standsStill) {
            throw new RejectedExecutionException("time stands still");
        }
    }

    private void handOver(Runnable task) {
        count(0);
        clock.executor().execute(task);
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return clock.wallTime();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        clock.sleep(nanos);
    }

    @Override
    public void await(CompletableFuture<?> signal) throws InterruptedException {
        clock.await(signal);
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        count(delayNanos);
        return clock.schedule(task, delayNanos);
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return rolls.getAsDouble();
    }

    /** Runs a task at a time, for its effect. */
    void at(long nanos, Task task) {
        Future<?> unused = clock.schedule(task, nanos - clock.nanoTime());
    }

    /** Runs a task so many nanoseconds from now. */
    void after(long nanos, Task task) {
        count(nanos);
        Future<?> unused = clock.schedule(task, nanos);
    }

    /**
     * Runs all tasks in the order of their times, also those that they add.
     */
    void runAll() {
        clock.runAll();
    }

    void advanceTo(long nanos) {
        try {
            clock.advance(Duration.ofNanos(Math.max(0, nanos - clock.nanoTime())));
        } catch (RejectedExecutionException refused) {
            if (!standsStill) {
                throw refused;
            }
        }
        if (standsStill) {
            throw new InvalidScenarioException("from " + ValueFormat.formatNanos(instant)
                    + " on, calls fail and begin again without end, for none of that takes time: give the network a latency,"
                    + " the users time to think or the policy a delay");
        }
    }
}
