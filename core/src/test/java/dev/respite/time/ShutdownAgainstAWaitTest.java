package dev.respite.time;

import dev.respite.testsupport.Cases;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A scheduler is shut down while a wait begins or ends, in every interleaving, by model checking: each wait that was
 * accepted is over once, and none is forgotten.
 */
@Tag("cases")
class ShutdownAgainstAWaitTest {

    private static final int INVOCATIONS = Integer.getInteger("respite.interleavings", Cases.of(600));

    @Test
    void shutdown_whileAWaitBegins_forgetsNone() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World();
            // The look that is due found something to watch when it was set, and finds nothing now.
            world.begin();
            world.scheduler.runLast();
            together(world::begin, world.watch::run, world.scheduler::shutDown);
            world.end();
        });
    }

    @Test
    void shutdown_whileAWaitIsOver_endsItOnce() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World();
            world.begin();
            world.scheduler.shutDown();
            together(world.scheduler::runLast, world.watch::run);
            world.end();
        });
    }

    private static void together(Runnable... deeds) {
        Thread[] threads = new Thread[deeds.length];
        for (int i = 0; i < deeds.length; i++) {
            threads[i] = new Thread(deeds[i]);
            threads[i].start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
            }
        }
    }

    /** Plain, since the model checker does not get on with AssertJ. */
    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** A time source on a scheduler, and how many waits it has accepted and ended. */
    private static final class World {
        final ShutdownWatch watch = new ShutdownWatch();
        final Scheduler scheduler = new Scheduler();
        final ScheduledTime time = new ScheduledTime(watch, scheduler);
        final AtomicInteger accepted = new AtomicInteger();
        final AtomicInteger over = new AtomicInteger();

        void begin() {
            try {
                Future<?> unused = time.schedule(new Wait(), 0);
                accepted.incrementAndGet();
            } catch (RejectedExecutionException afterwards) {
                // The caller has its result.
            }
        }

        /** The scheduler is gone, and time goes on. */
        void end() {
            scheduler.shutDown();
            watch.run();
            watch.run();
            must(over.get() == accepted.get(), over + " of " + accepted + " waits are over");
        }

        private final class Wait implements TimeSource.Task {
            @Override
            public void run() {
                over.incrementAndGet();
            }

            @Override
            public void rejected() {
                over.incrementAndGet();
            }
        }
    }

    /** The system's timer, which runs a check when the test triggers it. */
    private static final class ShutdownWatch implements TimeSource {
        private final AtomicReference<@Nullable Task> next = new AtomicReference<>();

        void run() {
            @Nullable Task check = next.getAndSet(null);
            if (check != null) {
                check.run();
            }
        }

        @Override
        public Future<?> schedule(Task task, long delayNanos) {
            must(next.compareAndSet(null, task), "one check at a time");
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant wallTime() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(long nanos) {
            throw new UnsupportedOperationException("no thread sleeps here");
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }

        @Override
        public double roll() {
            return 0.5;
        }
    }

    /** Keeps the last task, and drops it in silence when it is shut down, as the real one does. */
    private static final class Scheduler extends ScheduledThreadPoolExecutor {
        private volatile boolean down;
        private volatile @Nullable Runnable last;

        Scheduler() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            if (down) {
                throw new RejectedExecutionException("shut down");
            }
            last = task;
            return new Place();
        }

        void runLast() {
            Runnable task = last;
            if (task != null) {
                task.run();
            }
        }

        void shutDown() {
            down = true;
        }

        @Override
        public boolean isShutdown() {
            return down;
        }

        @Override
        public boolean isTerminated() {
            return down;
        }
    }

    /** Where a task stands. */
    private static final class Place extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(java.util.concurrent.Delayed other) {
            return 0;
        }
    }
}
