package dev.respite;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task of the timer that does nothing and is always due soon, while timeouts are set.
 *
 * <p>A timeout is nearly always cancelled before it is due. The timer's thread would be woken for it nevertheless whenever it is
 * the next task, which costs more than all else. What is scheduled behind this task wakes no thread. It ends when nothing has
 * been scheduled behind it for a while, so that an idle thread can end too.
 */
final class Pulse {

    /** How soon the task is due: a shorter timeout is the next task itself. */
    private static final long NANOS = 50_000_000L;

    private final ScheduledExecutorService timer;
    private final AtomicBoolean beats = new AtomicBoolean();
    private volatile boolean needed;

    Pulse(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** A task is about to be scheduled for so many nanoseconds from now. */
    void precede(long delayNanos) {
        if (delayNanos <= NANOS) {
            return;
        }
        if (!needed) {
            needed = true;
        }
        if (!beats.get() && beats.compareAndSet(false, true)) {
            beatLater();
        }
    }

    private void beat() {
        if (needed) {
            needed = false;
            beatLater();
        } else {
            beats.set(false);
        }
    }

    private void beatLater() {
        Future<?> unused = timer.schedule(this::beat, NANOS, TimeUnit.NANOSECONDS);
    }
}
