package dev.respite.queue;

import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link BudgetQueue}, which is complete when the wait is over. Its value is true if the call is released, and false
 * if its time is up. It fails if the scheduler that limits the wait has been shut down. Cancelling it leaves the queue.
 *
 * <p>A call is admitted before its delay, and begins to wait after it. Whether release, limit or cancellation comes first is decided by one field:
 *
 * <pre>
 *   ADMITTED ──► WAITING ──► LEFT
 *       └──────► NEVER_WAITED
 * </pre>
 */
public final class WaitingCall extends CompletableFuture<Boolean> implements TimeSource.Task {

    private final BudgetQueue queue;
    private final TimeSource time;
    private final AtomicReference<State> state = new AtomicReference<>(State.ADMITTED);
    private volatile @Nullable Future<?> limit;
    private volatile long beganNanos;
    private volatile boolean afterPause;

    private enum State {
        ADMITTED,
        WAITING,
        LEFT,
        NEVER_WAITED
    }

    WaitingCall(BudgetQueue queue, TimeSource time) {
        this.queue = queue;
        this.time = time;
    }

    /** Marks the delay as over; returns false if the call was cancelled in it. */
    public boolean begin() {
        beganNanos = time.nanoTime();
        return state.compareAndSet(State.ADMITTED, State.WAITING);
    }

    /**
     * Joins the queue. Only after {@link #begin} has returned true.
     *
     * @param maxNanos the longest wait, in nanoseconds
     * @throws RejectedExecutionException if the time source has ended
     */
    public void enqueue(long maxNanos) {
        Future<?> end = time.schedule(this, maxNanos);
        limit = end;
        queue.add(this);
        if (!isWaiting()) {
            end.cancel(false);
        }
    }

    boolean isWaiting() {
        return state.get() == State.WAITING;
    }

    /** {@return whether the wait has begun; it may be over, and false if the place was cancelled before} */
    public boolean hasBegun() {
        State now = state.get();
        return now == State.WAITING || now == State.LEFT;
    }

    /** {@return how long the call has waited, in nanoseconds} Only if the wait has begun. */
    public long waitedNanos() {
        return Math.max(0, time.nanoTime() - beganNanos);
    }

    /** {@return why the call ends, now that its wait is over; null if it was released, and makes its retry} */
    public @Nullable StopReason stopReason() {
        if (isCompletedExceptionally()) {
            return StopReason.EXECUTOR_REFUSED;
        }
        return getNow(false) ? null : StopReason.BUDGET_EXHAUSTED;
    }

    /**
     * Ends the wait; returns false if it is over already.
     *
     * @param afterPause whether this is since no attempt of any call has ended for long, and not for a success
     */
    boolean release(boolean afterPause) {
        if (!leave()) {
            return false;
        }
        this.afterPause = afterPause;
        return complete(true);
    }

    /** {@return whether the call was released at the end of a pause, without a success of another one} */
    public boolean isProbe() {
        return afterPause;
    }

    /** The time that it waits in. */
    TimeSource time() {
        return time;
    }

    /** The time is up. */
    @Override
    public void run() {
        if (leave()) {
            complete(false);
        }
    }

    @Override
    public void rejected() {
        if (leave()) {
            completeExceptionally(new RejectedExecutionException("the scheduler that limits this wait was shut down"));
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean left = leave();
        if (!left && state.compareAndSet(State.ADMITTED, State.NEVER_WAITED)) {
            queue.remove(this);
            left = true;
        }
        return left && super.cancel(false);
    }

    /** Leaves the queue; returns false if the call does not wait. */
    private boolean leave() {
        if (!state.compareAndSet(State.WAITING, State.LEFT)) {
            return false;
        }
        queue.remove(this);
        Future<?> end = limit;
        if (end != null) {
            end.cancel(false);
        }
        return true;
    }
}
