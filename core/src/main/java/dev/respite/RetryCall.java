package dev.respite;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.driver.CallState;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Nested;
import dev.respite.queue.WaitingCall;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The order of the decisions of one call. Every driver uses this class, and so obeys the same policy in the same order.
 *
 * <p>A driver begins with {@link CallContext#begin()}, runs {@link #attempt()}, passes its outcome to {@link #attemptEnded}
 * and obeys the decision. After a {@link Decision.RetryAfter} it waits and calls {@link #delayEnded()}. If the wait is broken
 * off, it calls {@link #endDuringDelay}; if the caller breaks off the call, {@link #cancelled}. This class does not wait. It is
 * for one thread at a time.
 *
 * <p>Calls that wait hold this object, so its size counts. Fields that only some calls need are in other objects, which are made when
 * they are needed. The attempt is stored by its numbers.
 */
final class RetryCall<T extends @Nullable Object> {

    private final CallContext context;
    private final long start;
    private final int startEpoch;

    /** The set in which the call records its failure if it gives up; null for the set of the thread on which it ends. */
    private final @Nullable AtomicReference<Object[]> enclosing;

    /** Null if neither a listener nor a flight recording reads this call. */
    private final @Nullable CallPublisher publisher;

    /** The number of the attempt. */
    private int number = 1;

    /** The beginning of the attempt, in nanoseconds after the beginning of the call. */
    private long attemptStart;

    /** The backoff before the attempt; in a delay, the backoff that led to it. */
    private long backoffNanos;

    /** The kind of error for which the last paid retry is, or was, made. */
    private @Nullable ErrorKind retriedKind;

    /** The grant of that retry, until the retry has reached its target. */
    private @Nullable Grant unconfirmed;

    /** The retry that the budget has rejected; null until a retry is queued, except in a call that may defer its retry. */
    private @Nullable UnpaidRetry unpaid;

    /** In a delay, the form in which {@link RetainedOutcome} keeps the outcome; else null. */
    private @Nullable Object retained;

    /**
     * Creates the state of a call that began at that time, in nanoseconds, and at that {@linkplain GivenUpFailures#epoch() epoch}.
     *
     * @param enclosing the set in which the call records its failure if it gives up; null for the set of the thread on which it ends
     */
    RetryCall(
            CallContext context,
            long start,
            int startEpoch,
            @Nullable AtomicReference<Object[]> enclosing,
            @Nullable FlightRecorder recorder) {
        this.context = context;
        this.publisher = CallPublisher.of(context.reporter(), recorder);
        // Without a total timeout the history's clock starts at the first failure.
        this.start = context.readsClock() || publisher == null
                ? start
                : context.time().nanoTime();
        this.startEpoch = startEpoch;
        this.enclosing = enclosing;
    }

    /**
     * Resumes a call whose earlier attempts were made in another place: its next attempt begins now.
     *
     * @param state the state after the last attempt
     * @param start the beginning of the call, in nanoseconds of the time source
     * @param defers whether a retry that the budget rejects is deferred; otherwise it ends the call
     */
    RetryCall(CallContext context, CallState state, long start, boolean defers) {
        this.context = context;
        this.publisher = CallPublisher.resumed(context.reporter(), state);
        this.start = start;
        this.startEpoch = GivenUpFailures.epoch();
        this.enclosing = null;
        this.unpaid = defers ? UnpaidRetry.deferring(context) : null;
        this.number = state.number();
        this.attemptStart = elapsed();
        this.backoffNanos = state.lastBackoffNanos();
        this.retriedKind = state.payment().retried().orElse(null);
        this.unconfirmed = state.payment().unconfirmed().orElse(null);
        publisher.attemptStarted(attemptStart);
    }

    /** The attempt to run. */
    Attempt attempt() {
        return number == 1 && attemptStart == 0 && backoffNanos == 0 ? Attempt.FIRST : attemptAt(attemptStart);
    }

    private Attempt attemptAt(long elapsed) {
        return new Attempt(number, policyTime(elapsed), backoffNanos);
    }

    /**
     * Decides what follows the end of an attempt. The budget has been queried, and the listeners have been notified.
     *
     * @param inner the set in which calls inside this attempt have recorded what they gave up on
     * @param gaveUp whether a call inside this attempt has given up
     */
    Decision<T> attemptEnded(Outcome<T> outcome, @Nullable AtomicReference<Object[]> inner, boolean gaveUp) {
        long now = elapsed();
        Attempt end = attemptAt(now);
        Verdict verdict = context.classifyAndCount(outcome);
        if (CallBudget.concerns(OutcomeLabels.kind(verdict))) {
            unconfirmed = null;
            if (unpaid != null) {
                unpaid.reachedTarget(verdict);
            }
        }
        Decision<T> decision = verdict instanceof Verdict.Transient error
                ? decideTransient(end, outcome, error, inner, now)
                : context.policy().decide(end, outcome, verdict, 0);
        boolean multiplied = gaveUp && context.noteMultiplied(decision);
        if (publisher != null) {
            publisher.attemptEnded(attempt(), now, outcome, verdict, decision, multiplied);
        }
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (CallBudget.concerns(again.kind())) {
                // A retry that the budget does not pay for brings nothing back to it.
                retriedKind = unpaid == null || !unpaid.isPending() ? again.kind() : null;
            }
            backoffNanos = again.backoffNanos();
            detachOutcome(outcome);
            context.counters().delayed(again.delayNanos());
            return decision;
        }
        return end(decision, outcome, now);
    }

    private Decision<T> decideTransient(
            Attempt end,
            Outcome<T> outcome,
            Verdict.Transient error,
            @Nullable AtomicReference<Object[]> inner,
            long now) {
        FailedAttempt failed = failedAttempt(number, error.kind(), attemptStart, now);
        Decision<T> decision = decideBeforeBudget(end, outcome, error, inner, failed);
        if (!(decision instanceof Decision.RetryAfter<T> again) || !CallBudget.concerns(again.kind())) {
            return decision;
        }
        unconfirmed = context.budget().tryAcquire(failed);
        if (unconfirmed != null) {
            return decision;
        }
        if (unpaid == null && context.policy().limits().budgetWait().isPresent()) {
            unpaid = UnpaidRetry.waiting(context);
        }
        boolean admitted = unpaid != null && unpaid.admit(attempt(), again.kind());
        return admitted ? decision : Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
    }

    /**
     * Queries the budget for a deferred retry, which is due: the attempt that begins now. Returns whether the retry is granted.
     *
     * @param kind the kind of error that is retried
     */
    boolean acquireDeferred(ErrorKind kind) {
        unconfirmed = context.budget().tryAcquire(failedAttempt(number - 1, kind, attemptStart, attemptStart));
        retriedKind = unconfirmed == null ? null : kind;
        return unconfirmed != null;
    }

    /** Ends the call without the attempt that was to begin. */
    Decision<T> endUnmade(Outcome<T> last) {
        number--;
        return end(Decision.stop(last, StopReason.TOTAL_TIMEOUT), last, attemptStart);
    }

    /** The payment of a resumed call after a decision to retry. */
    CallState.Payment payment() {
        @Nullable ErrorKind deferred = unpaid == null ? null : unpaid.deferred();
        return CallState.Payment.of(retriedKind, unconfirmed, deferred);
    }

    /** The place of the call in the queue of the budget: the retry may be made when it is complete. Null if it is paid for. */
    @Nullable
    WaitingCall waiting() {
        return unpaid == null ? null : unpaid.place();
    }

    /**
     * Begins the wait for the budget.
     *
     * @throws RejectedExecutionException if the time source has ended
     */
    void beginWait() {
        Objects.requireNonNull(unpaid, "the retry is paid for").beginWait(elapsed());
    }

    /** Notes that the call does not make the retry for which it waits, or that it has ended. */
    void refund() {
        if (unconfirmed != null) {
            context.budget().refund(unconfirmed);
            unconfirmed = null;
        }
        if (unpaid != null) {
            unpaid.leave(publisher);
        }
    }

    /** Describes an attempt that has failed to the budget. Times are counted from the beginning of the call. */
    FailedAttempt failedAttempt(int failed, ErrorKind kind, long begun, long now) {
        long latency = context.budget().samplesLatency() ? Math.max(0, now - begun) : 0;
        return new FailedAttempt(kind, failed, start + now, latency);
    }

    /** Keeps what the call would end with in its delay, and releases the rest: a call that waits holds no connection. */
    void detachOutcome(Outcome<T> outcome) {
        retained = RetainedOutcome.of(outcome, context);
    }

    /** Returns the outcome of a call that ends for this reason in its delay. */
    Outcome<T> takeRetained(StopReason reason) {
        Outcome<T> last =
                RetainedOutcome.outcome(Objects.requireNonNull(retained, "no attempt was decided on"), reason);
        retained = null;
        return last;
    }

    /** Ends the delay, and begins the next attempt. */
    void delayEnded() {
        retained = null;
        long now = elapsed();
        if (unpaid != null) {
            unpaid.released(publisher);
        }
        if (publisher != null) {
            publisher.attemptStarted(now);
        }
        number++;
        attemptStart = now;
    }

    /** Sets when the attempt began whose outcome is judged next, counted from the beginning of the call. */
    void setAttemptStart(long begunNanos) {
        attemptStart = begunNanos;
    }

    /** Begins another attempt beside those that run, paid as a retry of that kind. */
    void hedgeStarted(ErrorKind kind) {
        if (CallBudget.concerns(kind)) {
            retriedKind = kind;
        }
        number++;
    }

    /** Ends the call in its delay with the outcome that it has. The retry that was paid for and not made is refunded. */
    Decision<T> endDuringDelay(StopReason reason) {
        Outcome<T> last = takeRetained(reason);
        return end(Decision.stop(last, reason), last, elapsed());
    }

    /** Ends the call in an attempt or in a wait, since its caller has broken it off and has this outcome instead. */
    void cancelled(Outcome<T> instead) {
        long now = elapsed();
        boolean inFlight = retained == null;
        if (!inFlight) {
            refund();
        }
        retained = null;
        if (inFlight && publisher != null) {
            publisher.attemptCancelled(number, now);
        }
        ended(StopReason.CANCELLED, instead, now);
    }

    /** Records for the calls that enclose this one that it has given up, though another attempt might have succeeded. */
    void recordGivenUp(Decision<T> last) {
        GivenUpFailures.recordEnd(last, number, enclosing, startEpoch);
    }

    CallContext context() {
        return context;
    }

    @Nullable
    CallPublisher publisher() {
        return publisher;
    }

    /** Decides what follows from a transient error if its retry can be paid. */
    Decision<T> decideBeforeBudget(
            Attempt end,
            Outcome<T> outcome,
            Verdict.Transient error,
            @Nullable AtomicReference<Object[]> inner,
            FailedAttempt failed) {
        if (context.policy().limits().nested() == Nested.SUPPRESS
                && GivenUpFailures.isGivenUp(outcome, inner, startEpoch)) {
            return Decision.stop(outcome, StopReason.ALREADY_RETRIED);
        }
        if (CallBudget.concerns(error.kind())) {
            context.budget().failed(failed);
        }
        return context.decideTransient(end, outcome, error);
    }

    /** Ends the call: counts and publishes that. */
    Decision<T> end(Decision<T> last, Outcome<T> outcome, long now) {
        StopReason reason =
                last instanceof Decision.Return<T> returned ? returned.reason() : ((Decision.Throw<T>) last).reason();
        refund();
        if (reason == StopReason.ACCEPTED) {
            context.budget().deposit(number, retriedKind, start, now);
            context.budget().recordLatency(start + attemptStart, start + now);
        }
        ended(reason, outcome, now);
        return last;
    }

    private void ended(StopReason reason, Outcome<T> outcome, long now) {
        context.counters().ended(number, reason);
        if (publisher != null) {
            publisher.callEnded(reason, outcome, now);
        }
    }

    /** The time since the call began, in nanoseconds; 0 where nothing needs it. */
    long elapsed() {
        return context.readsClock() || publisher != null
                ? Math.max(0, context.time().nanoTime() - start)
                : 0;
    }

    /** The time as the policy uses it: 0 if it has no total timeout, with listeners or without. */
    long policyTime(long elapsed) {
        return context.policy().limits().totalTimeout().isPresent() ? elapsed : 0;
    }
}
