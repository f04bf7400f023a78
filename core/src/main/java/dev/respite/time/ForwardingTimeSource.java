package dev.respite.time;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** A time source that is another one, except for the methods that it overrides. */
public interface ForwardingTimeSource extends TimeSource {

    /**
     * Returns the time source that all calls go to.
     *
     * @return always the same one
     */
    TimeSource delegate();

    @Override
    default long nanoTime() {
        return delegate().nanoTime();
    }

    @Override
    default Instant wallTime() {
        return delegate().wallTime();
    }

    @Override
    default void sleep(long nanos) throws InterruptedException {
        delegate().sleep(nanos);
    }

    @Override
    default void await(CompletableFuture<?> signal) throws InterruptedException {
        delegate().await(signal);
    }

    @Override
    default Future<?> schedule(Task task, long delayNanos) {
        return delegate().schedule(task, delayNanos);
    }

    @Override
    default Executor executor() {
        return delegate().executor();
    }

    @Override
    default double roll() {
        return delegate().roll();
    }
}
