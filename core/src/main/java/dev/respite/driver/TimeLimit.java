package dev.respite.driver;

import dev.respite.outcome.History;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import dev.respite.time.TimeSource.Timeout;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking work on the calling thread and interrupts it when its time is up. The limit need not be the limit of a policy.
 *
 * <p>Only for work that ends when its thread is interrupted. The interrupt hits the work or nothing: when {@link #call}
 * returns or throws, no interrupt of this class is left on the thread, nor comes later. An interrupt from elsewhere that
 * arrives between the limit's own and the end of the work cannot be distinguished from it and is taken back with it.
 *
 * <p>Immutable, and safe for use by any number of threads. Limits may be nested.
 */
public final class TimeLimit {

    /** The delay before an alarm tries again if its thread was interrupted already. */
    private static final long RETRY_NANOS = 5_000_000L;

    private final TimeSource time;

    private TimeLimit(TimeSource time) {
        this.time = time;
    }

    /**
     * {@return limits that are measured by a time source}
     *
     * @param time measures the time, and interrupts from its timer
     */
    public static TimeLimit of(TimeSource time) {
        return new TimeLimit(Objects.requireNonNull(time, "time"));
    }

    /**
     * Runs work and interrupts it when its time is up. A value that it returns nevertheless is returned.
     *
     * @param limit how long the work may take; zero or less interrupts it as soon as possible
     * @param work the work
     * @param <T> the type of its value
     * @return the value
     * @throws TimeoutException if the work was interrupted by the limit and then threw; the exception of the work is suppressed in it
     * @throws RejectedExecutionException if the time source schedules nothing any more; then the work has not begun
     * @throws Exception what the work throws
     */
    public <T extends @Nullable Object> T call(Duration limit, Callable<T> work) throws Exception {
        return call(limit, () -> false, work);
    }

    /**
     * Runs work whose limit can end before the work, otherwise as {@link #call(Duration, Callable)}.
     *
     * @param limit how long the work may take
     * @param ended called when the time is up, on the timer's thread; if it is true, nothing is interrupted
     * @param work the work
     * @param <T> the type of its value
     * @return the value
     * @throws Exception as {@link #call(Duration, Callable)}
     */
    public <T extends @Nullable Object> T call(Duration limit, BooleanSupplier ended, Callable<T> work)
            throws Exception {
        Alarm alarm = new Alarm(Thread.currentThread(), limit, ended, time);
        alarm.set(ValueFormat.saturatedNanos(limit));
        T value;
        try {
            value = work.call();
        } catch (Throwable error) {
            @Nullable Exception reason = alarm.stop();
            if (reason == null || error instanceof Error) {
                throw error;
            }
            reason.addSuppressed(error);
            throw reason;
        }
        alarm.stop();
        return value;
    }

    private enum State {
        SET,
        RINGING,
        RUNG,
        STOPPED
    }

    /**
     * Interrupts a thread, unless it is stopped before. The timer and the end of the work meet in one field:
     *
     * <pre>
     *              the time is up              interrupted
     *   SET ──────────► RINGING ──────────────► RUNG
     *    │ ▲                │ the flag is set already
     *    │ └────────────────┘
     *    │ the work has ended
     *    └────────────► STOPPED
     * </pre>
     *
     * <p>The end of the work waits for an alarm that is ringing, whose interrupt is an instruction away, and takes the
     * interrupt back. If the thread has been interrupted already, the alarm waits a moment: that interrupt may end the work,
     * or be the alarm of a nested limit, which is taken back.
     */
    private static final class Alarm implements Timeout {

        private final AtomicReference<State> state = new AtomicReference<>(State.SET);
        private final Thread thread;
        private final Duration limit;
        private final BooleanSupplier ended;
        private final TimeSource time;
        private volatile @Nullable Future<?> scheduled;

        /** Why this alarm has interrupted the thread; null if it has not. */
        private @Nullable Exception reason;

        Alarm(Thread thread, Duration limit, BooleanSupplier ended, TimeSource time) {
            this.thread = thread;
            this.limit = limit;
            this.ended = ended;
            this.time = time;
        }

        void set(long nanos) {
            scheduled = time.schedule(this, nanos);
        }

        @Override
        public void run() {
            fire(new TimeoutException("no result within " + History.format(ValueFormat.saturatedNanos(limit))));
        }

        /** The time will never be up: without its limit the work could hang for ever. */
        @Override
        public void rejected() {
            fire(new RejectedExecutionException("the scheduler that limits this attempt's time was shut down"));
        }

        private void fire(Exception why) {
            if (ended.getAsBoolean() || !state.compareAndSet(State.SET, State.RINGING)) {
                return;
            }
            if (thread.isInterrupted()) {
                state.set(State.SET);
                rearm();
                return;
            }
            reason = why;
            thread.interrupt();
            state.set(State.RUNG);
        }

        private void rearm() {
            try {
                set(RETRY_NANOS);
            } catch (Throwable rejected) {
                // The time source has ended; the interrupt that the thread already has must suffice.
            }
        }

        /** The work has ended: from now on nothing interrupts the thread. Returns why it was interrupted, if it was. */
        @Nullable
        Exception stop() {
            while (!state.compareAndSet(State.SET, State.STOPPED)) {
                if (state.get() == State.RUNG) {
                    // The flag is this alarm's, or the work has caught its interrupt and set the flag again.
                    Thread.interrupted();
                    return reason;
                }
                Thread.onSpinWait();
            }
            Future<?> set = scheduled;
            if (set != null) {
                set.cancel(false);
            }
            return null;
        }
    }
}
