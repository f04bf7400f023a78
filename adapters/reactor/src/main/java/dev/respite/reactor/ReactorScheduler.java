package dev.respite.reactor;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A {@link Scheduler} as a scheduler of the JDK, for tasks that run later, once. It belongs to the user, so it is not shut down
 * here. A scheduler that is disposed of runs no task any more.
 */
final class ReactorScheduler extends AbstractExecutorService implements ScheduledExecutorService {

    private final Scheduler scheduler;

    ReactorScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return new Place(scheduler.schedule(task, delay, unit));
    }

    @Override
    public void execute(Runnable task) {
        throw unsupported();
    }

    @Override
    public boolean isShutdown() {
        return scheduler.isDisposed();
    }

    @Override
    public boolean isTerminated() {
        return scheduler.isDisposed();
    }

    @Override
    public void shutdown() {
        throw unsupported();
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw unsupported();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw unsupported();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw unsupported();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        throw unsupported();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("only tasks without a value that run later, once");
    }

    /** The place of a task, which can be cancelled. */
    private static final class Place extends CompletableFuture<@Nullable Void>
            implements ScheduledFuture<@Nullable Void> {

        private final Disposable wait;

        Place(Disposable wait) {
            this.wait = wait;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            wait.dispose();
            return super.cancel(false);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw unsupported();
        }

        @Override
        public int compareTo(Delayed other) {
            throw unsupported();
        }
    }
}
