package dev.respite;

import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.budget.BudgetQueue;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.WaitingCall;
import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetWait;
import dev.respite.policy.Limits;
import dev.respite.policy.Nested;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call: which attempt it is at, what was paid, what is published to listeners. Every driver uses this one
 * class, and so obeys the same policy in the same order.
 *
 * <p>A driver begins with {@link CallContext#begin()}, runs {@link #attempt()}, hands over its outcome to {@link #attemptEnded}, and
 * does what that says: after a {@link Decision.RetryAfter} it waits and calls {@link #delayEnded()}. A wait that is broken
 * off is {@link #endDuringDelay}; a call that its caller breaks off is {@link #cancelled}. It does not wait; it is for one
 * thread at a time.
 */
final class RetryCall<T extends @Nullable Object> {

    private final CallContext context;
    private final long start;
    private final int startEpoch;
    private final @Nullable AtomicReference<Object[]> enclosing;
    private final @Nullable HistoryRecorder history;

    private Attempt attempt = Attempt.FIRST;

    /** What the last retry that was paid for is, or was, made for. */
    private @Nullable ErrorKind retriedKind;

    /** What was taken for it, until that retry has reached its target. */
    private RetryBudget.@Nullable Grant unconfirmedRetry;

    /** In a delay, and in the wait that follows it: the call's place in the queue of the budget, if its retry is not paid for. */
    private @Nullable WaitingCall waiting;

    /** Whether the attempt is the retry of a call that was released from that queue. */
    private boolean wasReleased;

    /** Whether that was without a success of another call. */
    private boolean releasedAfterPause;

    /** When the attempt began, after the beginning of the call. */
    private long attemptStart;

    /** In a delay: what the call would end with, if that is a failure of the common kind, which needs no object beside it. */
    private @Nullable Throwable failure;

    /** In a delay: what the call would end with otherwise. It holds nothing open; null if its value has been closed. */
    private @Nullable Outcome<T> retained;

    /** In a delay: the class of the value that has been closed; null if the outcome is retained. */
    private @Nullable Class<?> releasedType;

    /** The backoff that led to the delay. */
    private long backoffNanos;

    /** Null for a call in memory. */
    private final @Nullable Resumption resumption;

    /**
     * Creates the state of a call that began at that time, in nanoseconds, and at that {@linkplain GivenUpFailures#epoch() epoch}.
     *
     * @param outer where word is left for those who enclose this call; null for the thread on which it ends
     */
    RetryCall(
            CallContext context,
            long start,
            int began,
            @Nullable AtomicReference<Object[]> outer,
            @Nullable FlightRecorder recorder) {
        this.context = context;
        this.history = context.reporter().isListened() || recorder != null
                ? new HistoryRecorder(context.reporter().name(), recorder)
                : null;
        // Without a total timeout the history's clock starts at the first failure.
        this.start =
                context.readsClock() || history == null ? start : context.time().nanoTime();
        this.startEpoch = began;
        this.enclosing = outer;
        this.resumption = null;
    }

    /**
     * Resumes a call whose earlier attempts were made in another place: its next attempt begins now.
     *
     * @param state how far the call has got
     * @param start when it began, in nanoseconds of the time source
     * @param defers whether a retry that the budget rejects is deferred; otherwise it ends the call
     */
    RetryCall(CallContext context, CallState state, long start, boolean defers) {
        this.context = context;
        this.history = new HistoryRecorder(
                context.reporter().name(), FlightRecorder.ofCall(), state.number() - 1, state.first(), state.last());
        this.start = start;
        this.startEpoch = GivenUpFailures.epoch();
        this.enclosing = null;
        this.resumption = new Resumption(defers);
        this.attemptStart = elapsed();
        this.attempt = new Attempt(state.number(), policyTime(attemptStart), state.lastBackoffNanos());
        this.backoffNanos = state.lastBackoffNanos();
        this.retriedKind = state.payment().retried().orElse(null);
        this.unconfirmedRetry = state.payment().unconfirmed().orElse(null);
        history.attemptStarted(attemptStart);
    }

    /** The attempt to run. */
    Attempt attempt() {
        return attempt;
    }

    /**
     * Decides what follows the end of an attempt. The budget has been queried, and the listeners have been notified.
     *
     * @param inner where calls inside this attempt have left word
     */
    Decision<T> attemptEnded(Outcome<T> outcome, @Nullable AtomicReference<Object[]> inner) {
        long now = elapsed();
        Attempt end = attempt.at(policyTime(now));
        Verdict verdict = classifyAndCount(outcome);
        if (reachesTarget(OutcomeLabels.kind(verdict))) {
            unconfirmedRetry = null;
        }
        if (wasReleased && reachesTarget(OutcomeLabels.kind(verdict))) {
            wasReleased = false;
            if (verdict instanceof Verdict.Transient) {
                queue().releasedFailed(releasedAfterPause);
            }
        }
        Decision<T> decision = verdict instanceof Verdict.Transient error
                ? decideTransient(end, outcome, error, inner, now)
                : context.policy().decide(end, outcome, verdict, 0);
        record(now, outcome, verdict, decision);
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (reachesTarget(again.kind())) {
                // A retry that the budget does not pay for brings nothing back to it.
                retriedKind = waiting == null && !isDeferred() ? again.kind() : null;
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
        FailedAttempt failed = failedAttempt(attempt.number(), error.kind(), attemptStart, now);
        Decision<T> decision = decideBeforeBudget(end, outcome, error, inner, failed);
        if (!(decision instanceof Decision.RetryAfter<T> again) || !reachesTarget(again.kind())) {
            return decision;
        }
        Optional<Grant> grant = acquire(failed);
        if (grant.isPresent()) {
            unconfirmedRetry = grant.get();
            return decision;
        }
        if (resumption != null && resumption.defer(again.kind())) {
            return decision;
        }
        waiting = joinQueue();
        return waiting == null ? Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED) : decision;
    }

    private boolean isDeferred() {
        return resumption != null && resumption.deferred != null;
    }

    /**
     * Queries the budget for a deferred retry, which is due: the attempt that begins now. Returns whether the retry is granted.
     *
     * @param kind the kind of error that is retried
     */
    boolean acquireDeferred(ErrorKind kind) {
        Optional<Grant> grant = acquire(failedAttempt(attempt.number() - 1, kind, attemptStart, attemptStart));
        unconfirmedRetry = grant.orElse(null);
        retriedKind = grant.isPresent() ? kind : null;
        return grant.isPresent();
    }

    /** Returns whether the total timeout has passed, so that the attempt must not begin. */
    boolean isTimeUp() {
        return context.policy()
                .limits()
                .totalTimeout()
                .filter(total -> attemptStart >= ValueFormat.saturatedNanos(total))
                .isPresent();
    }

    /** The delay after which a deferred retry queries the budget again; empty if the total timeout would be reached by then. */
    OptionalLong deferNanos(int deferrals) {
        return context.policy().deferNanos(attempt, deferrals, context.time().roll());
    }

    /** The attempt that was to begin is not made: the call ends without it. */
    Decision<T> endUnmade(Outcome<T> last) {
        attempt = new Attempt(attempt.number() - 1, attempt.elapsedNanos(), 0);
        return end(Decision.stop(last, StopReason.TOTAL_TIMEOUT), last, attemptStart);
    }

    /** How far the call has got, after a decision to retry. */
    CallState state(Instant firstStart) {
        @Nullable ErrorKind deferred = resumption == null ? null : resumption.deferred;
        CallState.Payment payment = new CallState.Payment(
                Optional.ofNullable(retriedKind),
                Optional.ofNullable(unconfirmedRetry),
                Optional.ofNullable(deferred),
                deferred == null ? 0 : 1);
        HistoryRecorder recorded = Objects.requireNonNull(history, "a resumed call has a history");
        return new CallState(
                attempt.number() + 1, backoffNanos, firstStart, payment, recorded.first(), recorded.last());
    }

    /** What happened in the call, which was resumed and has ended. */
    History endedHistory() {
        return Objects.requireNonNull(
                Objects.requireNonNull(resumption, "the call was not resumed").history, "the call has not ended");
    }

    /** A place in the queue of the budget; null if the policy has no wait, or too many calls wait already. */
    private @Nullable WaitingCall joinQueue() {
        Optional<BudgetWait> wait = context.policy().limits().budgetWait();
        return wait.isEmpty()
                ? null
                : queue().admit(wait.get().maxCalls(), context.time()).orElse(null);
    }

    private BudgetQueue queue() {
        return Objects.requireNonNull(context.queue(), "only a policy with a wait for the budget needs a queue");
    }

    /** The call's place in the queue of the budget: the retry may be made when that is complete. Null if it is paid for. */
    @Nullable
    WaitingCall waiting() {
        return waiting;
    }

    /**
     * The wait for the budget begins: it lasts at most as long as the policy says, and leaves the time of an attempt before the
     * total timeout: its attempt timeout, at most half of the total, or a tenth of the total if attempts have no limit.
     *
     * @throws RejectedExecutionException if the time source has ended
     */
    void beginWait(WaitingCall begins) {
        if (begins.begin()) {
            context.counters().waitBegun();
            begins.enqueue(maxWaitNanos());
        }
    }

    /** The call will not make the retry that it waits for. */
    void leaveQueue() {
        refund();
    }

    private long maxWaitNanos() {
        Limits limits = context.policy().limits();
        long most = limits.budgetWait().map(wait -> wait.limit().toNanos()).orElse(0L);
        return limits.totalTimeout()
                .map(total ->
                        Math.min(most, ValueFormat.saturatedNanos(total) - timeOfAttempt(limits, total) - elapsed()))
                .orElse(most);
    }

    /** How much of the total timeout a call does not spend waiting, so that it can make an attempt if it is released last. */
    private static long timeOfAttempt(Limits limits, Duration total) {
        long tenth = ValueFormat.saturatedNanos(total) / 10;
        return limits.attemptTimeout()
                .map(timeout -> Math.min(ValueFormat.saturatedNanos(timeout), 5 * tenth))
                .orElse(tenth);
    }

    /** An attempt that has failed, as the budget sees it; times are counted from the beginning of the call. */
    FailedAttempt failedAttempt(int number, ErrorKind kind, long begun, long now) {
        return new FailedAttempt(kind, number, start + now, context.samplesLatency() ? Math.max(0, now - begun) : 0);
    }

    /**
     * Keeps of a rejected outcome what the call would end with in its delay, and releases the rest: a call that waits holds
     * no connection, stream, buffer or permit.
     */
    void detachOutcome(Outcome<T> outcome) {
        clearRetained();
        if (outcome instanceof Outcome.Failure<T> failed && !failed.interrupted()) {
            failure = failed.error();
            return;
        }
        if (!(outcome instanceof Outcome.Success<T> success) || success.value() == null) {
            retained = outcome;
            return;
        }
        retained = context.hooks().detach(success.value(), context.reporter());
        if (retained != null) {
            return;
        }
        if (success.value() instanceof AutoCloseable) {
            discard(success.value());
            releasedType = success.value().getClass();
        } else {
            retained = outcome;
        }
    }

    /** What the call ends with, if it ends for this reason in its delay. */
    Outcome<T> takeRetained(StopReason reason) {
        Outcome<T> last = retainedOutcome(reason);
        clearRetained();
        return last;
    }

    private Outcome<T> retainedOutcome(StopReason reason) {
        if (failure != null) {
            return Outcome.failure(failure);
        }
        return releasedType == null
                ? Objects.requireNonNull(retained, "no attempt was decided on")
                : Outcome.failure(new ValueReleasedException(releasedType, reason));
    }

    /** Returns whether the call is in a delay. */
    private boolean isDelayed() {
        return failure != null || retained != null || releasedType != null;
    }

    private void clearRetained() {
        failure = null;
        retained = null;
        releasedType = null;
    }

    /** The delay is over, and the next attempt begins. */
    void delayEnded() {
        clearRetained();
        long now = elapsed();
        WaitingCall queued = waiting;
        if (queued != null) {
            endWait(queued, BudgetWaitEnded.Result.RELEASED);
            wasReleased = true;
            releasedAfterPause = queued.isProbe();
        }
        if (history != null) {
            history.attemptStarted(now);
        }
        attempt = attempt.next(policyTime(now), backoffNanos);
        attemptStart = now;
    }

    /** The attempt whose outcome is judged next began so long after the beginning of the call. */
    void setAttemptStart(long begunNanos) {
        attemptStart = begunNanos;
    }

    /** Another attempt begins beside those that run, paid as a retry of that kind. */
    void hedgeStarted(ErrorKind kind) {
        if (reachesTarget(kind)) {
            retriedKind = kind;
        }
        attempt = attempt.next(policyTime(elapsed()), 0);
    }

    /** The wait is broken off, and the call ends with what it has. A retry that was paid for and not made is given back. */
    Decision<T> endDuringDelay(StopReason reason) {
        Outcome<T> last = takeRetained(reason);
        return end(Decision.stop(last, reason), last, elapsed());
    }

    /** The caller wants no more of this call, in an attempt or in a wait, and has this instead. */
    void cancelled(Outcome<T> instead) {
        long now = elapsed();
        boolean inFlight = !isDelayed();
        if (!inFlight) {
            refund();
        }
        clearRetained();
        if (inFlight && history != null) {
            history.add(attempt.number(), "cancelled", now, OptionalLong.empty());
        }
        context.counters().ended(attempt.number(), StopReason.CANCELLED);
        publishEnd(StopReason.CANCELLED, instead, now);
    }

    /** Leaves word for those who enclose this call, if it ends though another try might have helped. */
    void recordGivenUp(Decision<T> last) {
        if (last instanceof Decision.Throw<T> failed && givesUp(failed.reason())) {
            recordGivenUp(failed.error());
        } else if (last instanceof Decision.Return<T> returned
                && returned.value() != null
                && givesUp(returned.reason())) {
            recordGivenUp(returned.value());
        }
    }

    private void recordGivenUp(Object givenUp) {
        if (givenUp instanceof NestedRetries.Wrapper wrapper) {
            wrapper.givenUp();
        }
        GivenUpFailures.record(enclosing == null ? GivenUpFailures.current() : enclosing, givenUp, startEpoch);
    }

    /** A call that may make only one attempt has not retried: the call that encloses it may. */
    private boolean givesUp(StopReason reason) {
        return switch (reason) {
            case ATTEMPTS_EXHAUSTED -> attempt.number() > 1;
            case TOTAL_TIMEOUT, BUDGET_EXHAUSTED, RETRY_AFTER_TOO_LONG, ALREADY_RETRIED -> true;
            default -> false;
        };
    }

    /** Closes a value that no caller receives. */
    void discard(@Nullable Object value) {
        context.reporter().discard(value);
    }

    /** When the attempt begins, if its time is limited. */
    long attemptStartNanos() {
        Limits limits = context.policy().limits();
        boolean limited =
                limits.attemptTimeout().isPresent() || limits.totalTimeout().isPresent();
        return limited ? context.time().nanoTime() : 0;
    }

    /** The limit of an attempt that begins now; empty if there is none. */
    Optional<Duration> timeoutOf(Attempt begins) {
        return context.policy().timeoutOf(begins);
    }

    /** Reports what the function that propagates contexts has thrown. */
    void reportContext(Throwable bug) {
        context.reporter().report("context", bug);
    }

    TimeSource time() {
        return context.time();
    }

    /** The history of the call; null if no listener or recorder reads it. */
    @Nullable
    HistoryRecorder history() {
        return history;
    }

    /** What an outcome means; an error is counted. */
    Verdict classifyAndCount(Outcome<T> outcome) {
        Verdict verdict = classify(outcome);
        if (!(verdict instanceof Verdict.Accept)) {
            context.counters().failed(OutcomeLabels.kind(verdict));
        }
        return verdict;
    }

    /** What follows from an error that may pass, if that can be paid. */
    Decision<T> decideBeforeBudget(
            Attempt end,
            Outcome<T> outcome,
            Verdict.Transient error,
            @Nullable AtomicReference<Object[]> inner,
            FailedAttempt failed) {
        if (context.policy().limits().nested() == Nested.SUPPRESS && isGivenUp(outcome, inner)) {
            return Decision.stop(outcome, StopReason.ALREADY_RETRIED);
        }
        if (reachesTarget(error.kind())) {
            context.budget().failed(failed);
        }
        try {
            return context.policy().decide(end, outcome, error, context.time().roll());
        } catch (Throwable bug) {
            context.reporter().report("backoff", bug);
            return Decision.stop(outcome, StopReason.FATAL);
        }
    }

    /** Returns whether a call inside the attempt has given up on its outcome. */
    private boolean isGivenUp(Outcome<T> outcome, @Nullable AtomicReference<Object[]> inner) {
        return (inner != null && GivenUpFailures.contains(inner, outcome, startEpoch))
                || (outcome instanceof Outcome.Failure<T> failure
                        && FactReader.states(failure.error(), Condition.ALREADY_RETRIED));
    }

    /** What the budget takes for the retry of an attempt; empty if it does not grant that. */
    Optional<Grant> acquire(FailedAttempt failed) {
        Optional<Grant> grant = Optional.empty();
        try {
            grant = context.budget().tryAcquire(failed, context.time()::roll);
        } catch (Throwable bug) {
            context.reporter().report("time source", bug);
        }
        if (grant.isEmpty()) {
            context.counters().rejected();
            context.reporter()
                    .warnings()
                    .budgetExhausted(context.reporter().name(), context.policy(), failed.kind(), time());
        }
        return grant;
    }

    /** A retry that was paid for and has never reached its target is not to be paid. */
    private void refund() {
        if (unconfirmedRetry != null) {
            context.budget().refund(unconfirmedRetry);
            unconfirmedRetry = null;
        }
        if (waiting != null) {
            boolean over = waiting.isDone();
            boolean expired = over && waiting.stopReason() == StopReason.BUDGET_EXHAUSTED;
            if (over && waiting.stopReason() == null && !waiting.isProbe()) {
                queue().refund();
            }
            waiting.cancel(false);
            endWait(waiting, expired ? BudgetWaitEnded.Result.EXPIRED : BudgetWaitEnded.Result.CANCELLED);
        }
    }

    /** The wait for the budget is over; one that was to follow a delay, and has not begun, is none. */
    private void endWait(WaitingCall ended, BudgetWaitEnded.Result result) {
        waiting = null;
        if (!ended.hasBegun()) {
            return;
        }
        Duration waited = Duration.ofNanos(ended.waitedNanos());
        if (history != null) {
            history.addWait(waited.toNanos());
        }
        EventPublisher reporter = context.reporter();
        reporter.counters().waitEnded(result, waited);
        if (history != null) {
            reporter.publish(new BudgetWaitEnded(reporter.name(), attempt, waited, result));
        }
    }

    /** What never reached its target is no business of the budget. */
    static boolean reachesTarget(ErrorKind kind) {
        return kind.load() != ErrorKind.Load.NONE;
    }

    /** Ends the call: counts and publishes that. */
    Decision<T> end(Decision<T> last, Outcome<T> outcome, long now) {
        StopReason reason =
                last instanceof Decision.Return<T> returned ? returned.reason() : ((Decision.Throw<T>) last).reason();
        refund();
        if (reason == StopReason.ACCEPTED) {
            deposit(now);
        }
        context.counters().ended(attempt.number(), reason);
        publishEnd(reason, outcome, now);
        return last;
    }

    private void publishEnd(StopReason reason, Outcome<T> outcome, long now) {
        if (history != null) {
            EventPublisher reporter = context.reporter();
            History ended = history.end(now, reason);
            if (resumption != null) {
                resumption.history = ended;
            }
            reporter.publish(new RetryEvent.CallEnded(reporter.name(), reason, outcome, ended));
        }
    }

    private void deposit(long now) {
        RetryBudget budget = context.budget();
        if (retriedKind == null) {
            budget.succeeded(start);
        } else {
            budget.succeededAfter(attempt.number(), retriedKind, start + now);
        }
        if (context.samplesLatency() && budget.wantsLatency(start + attemptStart)) {
            budget.recordLatency(Math.max(0, now - attemptStart), start + now);
        }
    }

    private void record(long now, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        if (history == null) {
            return;
        }
        OptionalLong delay = decision instanceof Decision.RetryAfter<T> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
        history.add(attempt.number(), OutcomeLabels.of(outcome, verdict), now, delay);
        publishFailure(attempt.at(now), outcome, verdict, decision);
    }

    /** Publishes an attempt that was not accepted. */
    void publishFailure(Attempt end, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        if (!(verdict instanceof Verdict.Accept)) {
            ErrorKind kind = OutcomeLabels.kind(verdict);
            EventPublisher reporter = context.reporter();
            reporter.publish(new RetryEvent.AttemptFailed(reporter.name(), end, outcome, kind, decision));
        }
    }

    private Verdict classify(Outcome<T> outcome) {
        try {
            return Objects.requireNonNull(context.policy().classify(outcome), "the classifier has no verdict");
        } catch (Throwable bug) {
            context.reporter().report("classifier", bug);
            return outcome instanceof Outcome.Success<T> ? Verdict.accept() : Verdict.fatal();
        }
    }

    /** The time since the call began, in nanoseconds; 0 where nothing needs it. */
    long elapsed() {
        return context.readsClock() || history != null
                ? Math.max(0, context.time().nanoTime() - start)
                : 0;
    }

    /** What the policy sees of the time: 0 if it has no total timeout, with listeners or without. */
    long policyTime(long elapsed) {
        return context.policy().limits().totalTimeout().isPresent() ? elapsed : 0;
    }
}
