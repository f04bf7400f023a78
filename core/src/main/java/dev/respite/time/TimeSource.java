package dev.respite.time;

import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Provides clocks, waiting, scheduling, an executor and random numbers. All of Respite uses it for these, so that tests and
 * simulations can replace them together, by {@link VirtualTime} for example.
 *
 * <p>Implementations are safe for use by any number of threads, unless they say otherwise.
 */
public interface TimeSource {

    /** {@return nanoseconds of a monotonic clock since some fixed moment; only differences mean anything} */
    long nanoTime();

    /** {@return the time of day by the wall clock, for dates in protocols only: it can be set, so no duration is measured by it} */
    Instant wallTime();

    /**
     * Waits.
     *
     * @param nanos how long, in nanoseconds, at least; 0 or less returns at once, unless the thread is interrupted
     * @throws InterruptedException if the thread is or gets interrupted; the flag is cleared
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Waits until a future is complete, however it ends: blocking calls use this to wait for something other than time. A time
     * source that wraps another one forwards this as it does {@link #sleep}.
     *
     * @param signal the future
     * @throws InterruptedException if the thread is or gets interrupted before that; the flag is cleared
     */
    default void await(CompletableFuture<?> signal) throws InterruptedException {
        // The future's own wait would run other tasks of a fork-join pool within this call, or be rejected by that.
        CountDownLatch complete = new CountDownLatch(1);
        CompletableFuture<?> unused = signal.whenComplete((value, failure) -> complete.countDown());
        complete.await();
    }

    /**
     * Runs a task later, without holding a thread until then.
     *
     * @param task the task; short, since others wait behind it
     * @param delayNanos how long from now, in nanoseconds; 0 or less is as soon as possible
     * @return the task in its place; {@code cancel(false)} takes it back, and does not disturb one that has begun
     * @throws RejectedExecutionException if this time source has ended, or is full
     */
    Future<?> schedule(Task task, long delayNanos);

    /**
     * {@return the executor of asynchronous calls after a wait: of later attempts, and of the steps after an attempt timeout}
     * Never the thread that runs scheduled tasks.
     */
    Executor executor();

    /** {@return a random number, uniformly distributed in [0, 1)} */
    double roll();

    /** A task that runs later. It is a callable too, so it needs no adapter in a scheduler: a million may wait at a time. */
    @FunctionalInterface
    interface Task extends Runnable, Callable<@Nullable Void> {

        @Override
        default @Nullable Void call() {
            run();
            return null;
        }

        /** Called instead of {@link #run} if the time source ends before the time has come. */
        default void rejected() {}
    }

    /** A time source that delegates to another one, for implementations that override some of its methods. */
    interface Forwarding extends TimeSource {

        /** {@return the time source that all calls go to, always the same one} */
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

    /** A task that ends something that takes too long. It is nearly always cancelled before it is due, so waiting is cheap. */
    interface Timeout extends Task {}

    /**
     * Runs a task on a spare daemon thread: one that must not run on the current thread, such as a timer's, and that no
     * executor accepts.
     *
     * @param task the task
     */
    static void runOnSpareThread(Runnable task) {
        OwnThreads.runElsewhere(task);
    }

    /**
     * The clocks, the threads and the chance of this virtual machine. Asynchronous calls wait in one timer that all of the
     * process shares, and go on in the common {@link ForkJoinPool}; where that has no threads, in a new thread each time.
     *
     * @return the time source
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /**
     * As {@link #system()}, but asynchronous calls go on in an executor of yours.
     *
     * @param executor where later attempts run; one that rejects a task ends the call with {@link
     *     dev.respite.outcome.StopReason#EXECUTOR_REFUSED}. It must run the tasks that it accepts: a call whose task it drops,
     *     as {@code shutdownNow} does with queued tasks, never completes. One that runs tasks on the thread that submits them
     *     ({@code Runnable::run}, {@code CallerRunsPolicy}) does so for tasks of an attempt. The tasks of a timer run on a
     *     daemon thread of Respite, which ends when it is idle. A thread that the executor creates for one of them inherits the
     *     context class loader of the current thread
     * @return the time source
     */
    static TimeSource on(Executor executor) {
        return new SystemTime(executor);
    }

    /**
     * As {@link #system()}, but asynchronous calls wait in a scheduler and go on in an executor of yours. When the scheduler is
     * shut down, the calls whose waits it drops end with {@link dev.respite.outcome.StopReason#EXECUTOR_REFUSED}, soon after
     * its last task has ended. The waits that it still keeps go on.
     *
     * @param executor where later attempts run
     * @param scheduler what waits; nothing of yours runs in its threads
     * @return the time source
     */
    static TimeSource on(Executor executor, ScheduledExecutorService scheduler) {
        return new ScheduledTime(new SystemTime(executor), scheduler);
    }
}
