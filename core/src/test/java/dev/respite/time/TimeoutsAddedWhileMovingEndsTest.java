package dev.respite.time;

import dev.respite.testsupport.Cases;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the interleaving, no timeout stays in the buffer that is added while the moving ends: checked by model checking. */
@Tag("cases")
class TimeoutsAddedWhileMovingEndsTest {

    /** A task that the test runs itself. */
    private static final class Never extends FutureTask<Void> implements ScheduledFuture<Void> {
        Never() {
            super(() -> null);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    /** Public, since Lincheck makes it. */
    public static final class Buffer {
        private final Queue<Runnable> moves = new ConcurrentLinkedQueue<>();
        private final AtomicInteger added = new AtomicInteger();
        private final AtomicInteger inTimer = new AtomicInteger();
        private final TimeoutBuffer buffer = new TimeoutBuffer(new Timer(), () -> 0);

        private final class Timer extends ScheduledThreadPoolExecutor {
            Timer() {
                super(1);
            }

            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                if (task instanceof Future<?>) {
                    inTimer.incrementAndGet();
                } else {
                    moves.add(task);
                }
                return new Never();
            }
        }

        @Operation
        public void add() {
            added.incrementAndGet();
            Future<?> unused = buffer.schedule(() -> null, TimeUnit.HOURS.toNanos(1));
        }

        @Operation
        public void move() {
            Runnable move = moves.poll();
            if (move != null) {
                move.run();
            }
        }

        @Validate
        public void allAreMoved() {
            while (!moves.isEmpty()) {
                move();
            }
            if (inTimer.get() != added.get()) {
                throw new IllegalStateException(inTimer + " of " + added + " timeouts were moved to the timer");
            }
        }
    }

    private static Actor actor(String name) {
        try {
            return new Actor(Buffer.class.getMethod(name), List.of());
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    /** The timeout of the beginning is in the timer, and the next move finds none: the moving ends. */
    @Test
    void timeout_thatIsAddedWhileTheMovingEnds_reachesTheTimer() {
        new ModelCheckingOptions()
                .iterations(0)
                .addCustomScenario(new ExecutionScenario(
                        List.of(actor("add"), actor("move")),
                        List.of(List.of(actor("move")), List.of(actor("add"))),
                        List.of(),
                        null))
                .invocationsPerIteration(Integer.getInteger("respite.interleavings", Cases.of(2_000)))
                .logLevel(LoggingLevel.ERROR)
                .check(Buffer.class);
    }
}
