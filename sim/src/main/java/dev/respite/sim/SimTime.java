package dev.respite.sim;

import dev.respite.TimeSource;
import dev.respite.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** Virtual time whose chance is the simulator's own. */
final class SimTime implements TimeSource {

    private final VirtualTime clock = new VirtualTime();
    private final Chance rolls;

    SimTime(long seed) {
        this.rolls = new Chance(seed, "rolls");
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
    public Future<?> schedule(Task task, long delayNanos) {
        return clock.schedule(task, delayNanos);
    }

    @Override
    public Executor executor() {
        return clock.executor();
    }

    @Override
    public double roll() {
        return rolls.getAsDouble();
    }

    /** Runs a task at a time, for its effect. */
    void at(long nanos, Task task) {
        Future<?> unused = clock.schedule(task, nanos - clock.nanoTime());
    }

    void after(long nanos, Task task) {
        Future<?> unused = clock.schedule(task, nanos);
    }

    void runAll() {
        clock.runAll();
    }

    void advanceTo(long nanos) {
        clock.advance(Duration.ofNanos(Math.max(0, nanos - clock.nanoTime())));
    }
}
