package dev.respite;

import dev.respite.policy.Attempt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Work that is interrupted on its thread when an attempt's time is up.
 *
 * <p>The interrupt must hit the attempt or nothing. So the timer and the end of the attempt meet in one field:
 *
 * <pre>
 *              the time is up              interrupted
 *   SET ──────────► RINGING ──────────────► RUNG
 *    │ ▲                │ the flag is set already
 *    │ └────────────────┘
 *    │ the attempt has ended
 *    └────────────► STOPPED
 * </pre>
 *
 * <p>Who finds the alarm ringing when the attempt ends waits for the interrupt, which is an instruction away, and takes it
 * back. A thread that somebody else has interrupted already is left alone for a moment: that may do what ours would do. But
 * it may also be the alarm of a call inside this attempt, which is taken back; so ours rings again soon.
 */
final class Interruptible<T extends @Nullable Object, X extends Exception> implements Operation<T, X> {

    /** How soon an alarm rings again that has found its thread interrupted. */
    private static final long AGAIN_NANOS = 5_000_000L;

    private final Operation<T, X> operation;
    private final Retry retry;

    Interruptible(Operation<T, X> operation, Retry retry) {
        this.operation = operation;
        this.retry = retry;
    }

    @Override
    public T attempt(Attempt attempt) throws X {
        Optional<Duration> limit = retry.policy().timeoutOf(attempt);
        return limit.isEmpty() ? operation.attempt(attempt) : within(limit.get(), attempt);
    }

    private T within(Duration limit, Attempt attempt) throws X {
        Alarm alarm = new Alarm(Thread.currentThread(), limit, retry.time());
        alarm.set(Stages.saturatedNanos(limit));
        T value;
        try {
            value = operation.attempt(attempt);
        } catch (Throwable error) {
            @Nullable Exception reason = alarm.stop();
            if (reason == null || error instanceof Error) {
                throw error;
            }
            reason.addSuppressed(error);
            Retry.<RuntimeException>throwAsIs(reason);
            throw new AssertionError(reason);
        }
        // What has come after all is good, however late.
        alarm.stop();
        return value;
    }

    private enum State {
        SET,
        RINGING,
        RUNG,
        STOPPED
    }

    /** Interrupts a thread, unless it is stopped before. */
    private static final class Alarm implements TimeSource.Task {

        private final AtomicReference<State> state = new AtomicReference<>(State.SET);
        private final Thread thread;
        private final Duration limit;
        private final TimeSource time;
        private volatile @Nullable Future<?> place;

        /** Why the thread was interrupted by us; null if it was not. */
        private @Nullable Exception reason;

        Alarm(Thread thread, Duration limit, TimeSource time) {
            this.thread = thread;
            this.limit = limit;
            this.time = time;
        }

        void set(long nanos) {
            place = time.schedule(this, nanos);
        }

        @Override
        public void run() {
            ring(new TimeoutException("no result within " + History.shortly(Stages.saturatedNanos(limit))));
        }

        /** The time will never be up: without its limit the attempt could hang for ever. */
        @Override
        public void dropped() {
            ring(new RejectedExecutionException("the scheduler that limits this attempt's time was shut down"));
        }

        private void ring(Exception why) {
            if (!state.compareAndSet(State.SET, State.RINGING)) {
                return;
            }
            if (thread.isInterrupted()) {
                state.set(State.SET);
                setAgain();
                return;
            }
            reason = why;
            thread.interrupt();
            state.set(State.RUNG);
        }

        private void setAgain() {
            try {
                set(AGAIN_NANOS);
            } catch (Throwable refused) {
                // No time is left to anybody here; the interrupt that there is will have to do.
            }
        }

        /** The attempt has ended: from now on nothing interrupts the thread. Says why it was interrupted, if it was. */
        @Nullable
        Exception stop() {
            while (!state.compareAndSet(State.SET, State.STOPPED)) {
                if (state.get() == State.RUNG) {
                    // The flag is ours; or the attempt has caught our interrupt, and set it again.
                    Thread.interrupted();
                    return reason;
                }
                Thread.onSpinWait();
            }
            Future<?> set = place;
            if (set != null) {
                set.cancel(false);
            }
            return null;
        }
    }
}
