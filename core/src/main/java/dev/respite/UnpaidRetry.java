package dev.respite;

import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetWait;
import dev.respite.policy.Limits;
import dev.respite.queue.BudgetQueue;
import dev.respite.queue.WaitingCall;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The retry of one call that the budget has rejected and that does not end the call. It waits in the queue of the budget
 * or, in a call that outlives the process, it is deferred.
 */
final class UnpaidRetry {

    private final CallContext context;

    /** Null in a call that defers its retry. */
    private final @Nullable BudgetQueue queue;

    /** The kind of error whose retry was deferred; null if none was. */
    private @Nullable ErrorKind deferred;

    /** The place in the queue, in a delay and in the wait that follows it; else null. */
    private @Nullable WaitingCall place;

    /** The attempt that failed before that delay. */
    private @Nullable Attempt failed;

    /** True if the attempt that runs is a retry that the queue has released, and that has not reached its target yet. */
    private boolean wasReleased;

    /** True if it was released without a success of another call. */
    private boolean releasedAfterPause;

    private UnpaidRetry(CallContext context, @Nullable BudgetQueue queue) {
        this.context = context;
        this.queue = queue;
    }

    /** Only if the policy has a wait for the budget. */
    static UnpaidRetry waiting(CallContext context) {
        return new UnpaidRetry(context, context.budget().queue().orElseThrow());
    }

    static UnpaidRetry deferring(CallContext context) {
        return new UnpaidRetry(context, null);
    }

    /** Defers a retry, or admits it to the queue. Returns false if the queue is full. */
    boolean admit(Attempt attempt, ErrorKind kind) {
        if (queue == null) {
            deferred = kind;
            return true;
        }
        int maxCalls =
                context.policy().limits().budgetWait().map(BudgetWait::maxCalls).orElse(0);
        failed = attempt;
        place = queue.admit(maxCalls, context.time()).orElse(null);
        return place != null;
    }

    /** Returns whether the retry that was decided on is not paid for. */
    boolean isPending() {
        return place != null || deferred != null;
    }

    @Nullable
    ErrorKind deferred() {
        return deferred;
    }

    @Nullable
    WaitingCall place() {
        return place;
    }

    /** Notes the verdict on an attempt that has reached its target. */
    void reachedTarget(Verdict verdict) {
        if (wasReleased) {
            wasReleased = false;
            if (verdict instanceof Verdict.Transient) {
                queue().releasedFailed(releasedAfterPause);
            }
        }
    }

    /**
     * Begins the wait. It ends after the time of the policy. It also leaves time for an attempt before the total
     * timeout. That is the attempt timeout, at most half of the total timeout; or a tenth of it if attempts have no limit.
     *
     * @throws RejectedExecutionException if the time source has ended
     */
    void beginWait(long elapsedNanos) {
        WaitingCall begins = Objects.requireNonNull(place, "the retry is paid for");
        if (begins.begin()) {
            context.counters().waitBegun();
            begins.enqueue(maxWaitNanos(elapsedNanos));
        }
    }

    private long maxWaitNanos(long elapsedNanos) {
        Limits limits = context.policy().limits();
        long limit = limits.budgetWait().map(wait -> wait.limit().toNanos()).orElse(0L);
        return limits.totalTimeout()
                .map(ValueFormat::saturatedNanos)
                .map(total -> Math.min(limit, total - timeOfAttempt(limits, total) - elapsedNanos))
                .orElse(limit);
    }

    /** The time that is left for an attempt if the call is released last. */
    private static long timeOfAttempt(Limits limits, long totalNanos) {
        long tenth = totalNanos / 10;
        return limits.attemptTimeout()
                .map(timeout -> Math.min(ValueFormat.saturatedNanos(timeout), 5 * tenth))
                .orElse(tenth);
    }

    /** Ends the wait of a call whose next attempt begins. */
    void released(@Nullable CallPublisher publisher) {
        if (place != null) {
            wasReleased = true;
            releasedAfterPause = place.isProbe();
            endWait(place, BudgetWaitEnded.Result.RELEASED, publisher);
        }
    }

    /** Ends the wait of a call that does not make its retry. */
    void leave(@Nullable CallPublisher publisher) {
        @Nullable WaitingCall left = place;
        if (left == null) {
            return;
        }
        boolean over = left.isDone();
        boolean expired = over && left.stopReason() == StopReason.BUDGET_EXHAUSTED;
        if (over && left.stopReason() == null && !left.isProbe()) {
            queue().refund();
        }
        left.cancel(false);
        endWait(left, expired ? BudgetWaitEnded.Result.EXPIRED : BudgetWaitEnded.Result.CANCELLED, publisher);
    }

    /** A wait that was to follow a delay, and has not begun, is none. */
    private void endWait(WaitingCall ended, BudgetWaitEnded.Result result, @Nullable CallPublisher publisher) {
        place = null;
        if (!ended.hasBegun()) {
            return;
        }
        Duration waited = Duration.ofNanos(ended.waitedNanos());
        context.counters().waitEnded(result, waited);
        if (publisher != null) {
            publisher.waitEnded(Objects.requireNonNull(failed), waited, result);
        }
    }

    private BudgetQueue queue() {
        return Objects.requireNonNull(queue, "a deferred retry is in no queue");
    }
}
