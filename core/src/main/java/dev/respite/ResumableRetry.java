package dev.respite;

import dev.respite.AttemptResult.Again;
import dev.respite.AttemptResult.Ended;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of calls that outlive the process, one at a time: for drivers that keep the state of a call in a store, and
 * wait there. It is the engine of {@link Retry}, with its classification, limits, hints, budget, counts and events.
 *
 * <pre>{@code
 * ResumableRetry retry = ResumableRetry.of(Retry.of(policy));
 * CallState state = retry.begin();
 * AttemptResult<Receipt> result = retry.attempt(state, attempt -> payments.send(order));
 * // Again: store its state, and attempt again after its delay. Ended: the call is over.
 * }</pre>
 *
 * <p>Two things differ from a call in memory. The time since its beginning is that of the wall clock, since no monotonic
 * clock survives a process; a clock that is set back counts as no time. And a retry that the budget rejects is deferred: it is
 * due again after the policy's backoff, which grows with each deferral, and queries the budget then. A deferral is no
 * attempt; the total timeout ends it. Deferred retries that the budget still rejects go on one by one, and faster while they
 * succeed: after an outage there may be no other calls whose successes would pay for them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ResumableRetry {

    private final CallContext context;
    private final boolean defers;
    private final DeferralPace pace = new DeferralPace();

    private ResumableRetry(CallContext context, boolean defers) {
        this.context = context;
        this.defers = defers;
    }

    /**
     * Creates the runner of a retry, with its policy, budget, counts, listeners and time.
     *
     * @param retry the retry
     * @return the runner
     * @throws IllegalArgumentException if the policy has a {@code budget-wait}, which waits in memory
     */
    public static ResumableRetry of(Retry retry) {
        RetryPolicy policy = retry.policy();
        if (policy.limits().budgetWait().isPresent()) {
            throw new IllegalArgumentException(
                    "budget-wait=" + policy.limits().budgetWait().get()
                            + ": a call that outlives the process cannot wait in memory for its budget, and its rejected retries are"
                            + " deferred anyway; write budget-wait=off, or leave it out");
        }
        return new ResumableRetry(retry.callContext(), true);
    }

    /**
     * Returns a runner whose calls end with {@link StopReason#BUDGET_EXHAUSTED} if the budget rejects a retry, as calls in
     * memory do.
     *
     * @return the runner
     */
    public ResumableRetry withoutDeferral() {
        return new ResumableRetry(context, false);
    }

    /**
     * Returns the state of a call that begins now.
     *
     * @return the state before the first attempt
     */
    public CallState begin() {
        return CallState.begin(context.time().wallTime());
    }

    /**
     * Runs one attempt on this thread and decides what follows, as {@link Retry#callWithAttempt} does. If the retry was deferred
     * and the budget rejects it again, the operation does not run.
     *
     * @param state how far the call has got
     * @param operation the work
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    public <T extends @Nullable Object> AttemptResult<T> attempt(CallState state, Operation<T, ?> operation) {
        Objects.requireNonNull(operation, "operation");
        RetryCall<T> call = new RetryCall<>(context, state, startNanos(state), defers);
        if (!state.isFirst() && isTimeUp(call.attempt())) {
            return endedUnmade(
                    call,
                    "the total timeout had passed when attempt " + state.number() + " was due, so it was not made");
        }
        Optional<ErrorKind> deferred = state.payment().deferred();
        if (deferred.isEmpty() || call.acquireDeferred(deferred.get())) {
            return judged(call, state, outcome(operation, call));
        }
        if (!pace.tryTake(context.time().nanoTime())) {
            return deferAgain(call, state, deferred.get());
        }
        AttemptResult<T> result = judged(call, state, outcome(operation, call));
        reportToPace(result);
        return result;
    }

    /** Returns whether the total timeout has passed when an attempt begins. */
    private boolean isTimeUp(Attempt begins) {
        return context.policy()
                .limits()
                .totalTimeout()
                .filter(total -> begins.elapsedNanos() >= ValueFormat.saturatedNanos(total))
                .isPresent();
    }

    private static CallState stateAfter(RetryCall<?> call, Instant firstStart) {
        Attempt ended = call.attempt();
        HistoryRecorder history = publisher(call).history();
        return new CallState(
                ended.number() + 1,
                ended.lastBackoffNanos(),
                firstStart,
                call.payment(),
                history.first(),
                history.last());
    }

    private static CallPublisher publisher(RetryCall<?> call) {
        return Objects.requireNonNull(call.publisher(), "a resumed call has a history");
    }

    /** What the target has answered for good says nothing about its capacity. */
    private void reportToPace(AttemptResult<?> result) {
        StopReason reason = result instanceof Ended<?> end ? end.reason() : StopReason.BUDGET_EXHAUSTED;
        if (reason != StopReason.FATAL) {
            pace.ended(reason == StopReason.ACCEPTED, context.time().nanoTime());
        }
    }

    /**
     * Decides what follows an attempt that failed elsewhere, and that this process has not run: an attempt of a process that was
     * killed, for example. A retry that was deferred before that attempt has been granted there.
     *
     * @param state how far the call had got before the attempt
     * @param failure how the attempt ended
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    public <T extends @Nullable Object> AttemptResult<T> failedElsewhere(CallState state, Throwable failure) {
        CallState begun = state.begun();
        RetryCall<T> call = new RetryCall<>(context, begun, startNanos(begun), defers);
        return judged(call, begun, Outcome.failure(failure));
    }

    private <T extends @Nullable Object> AttemptResult<T> judged(
            RetryCall<T> call, CallState state, Outcome<T> outcome) {
        Decision<T> decision = call.attemptEnded(outcome, GivenUpFailures.ofThread());
        if (decision instanceof Decision.RetryAfter<T> again) {
            return new Again<>(stateAfter(call, state.firstStart()), again.delay());
        }
        call.recordGivenUp(decision);
        CallerThread.restoreFlag(outcome);
        return new Ended<>(reason(decision), outcome, publisher(call).endedHistory());
    }

    /**
     * Runs one attempt as {@link #attempt} does, and interrupts it when its time is up, as {@link
     * Retry#callWithInterrupt} does.
     *
     * @param state how far the call has got
     * @param operation the work, which ends when its thread is interrupted
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    public <T extends @Nullable Object> AttemptResult<T> attemptWithInterrupt(
            CallState state, Operation<T, ?> operation) {
        return attempt(state, new Interruptible<>(Objects.requireNonNull(operation, "operation"), context));
    }

    private <T extends @Nullable Object> AttemptResult<T> deferAgain(
            RetryCall<T> call, CallState state, ErrorKind kind) {
        OptionalLong delay = context.policy()
                .deferNanos(
                        call.attempt(),
                        state.payment().deferrals(),
                        context.time().roll());
        if (delay.isPresent()) {
            return new Again<>(state.deferred(kind, delay.getAsLong()), Duration.ofNanos(delay.getAsLong()));
        }
        return endedUnmade(
                call,
                "the retry budget has not granted attempt " + state.number()
                        + " within the total timeout; the attempt before it failed with: " + kind);
    }

    /** The attempt that was due is not made, and the call has no outcome but that its time is up. */
    private static <T extends @Nullable Object> AttemptResult<T> endedUnmade(RetryCall<T> call, String why) {
        Outcome<T> last = Outcome.failure(new TimeoutException(why));
        Decision<T> end = call.endUnmade(last);
        return new Ended<>(reason(end), last, publisher(call).endedHistory());
    }

    /** When the call began, in nanoseconds of the time source. */
    private long startNanos(CallState state) {
        Duration elapsed = Duration.between(state.firstStart(), context.time().wallTime());
        return context.time().nanoTime() - (elapsed.isNegative() ? 0 : ValueFormat.saturatedNanos(elapsed));
    }

    private static <T extends @Nullable Object> Outcome<T> outcome(Operation<T, ?> operation, RetryCall<T> call) {
        try {
            return Outcome.success(operation.attempt(call.attempt()));
        } catch (Throwable error) {
            return CallerThread.failure(error);
        }
    }

    private static StopReason reason(Decision<?> last) {
        return last instanceof Decision.Return<?> returned ? returned.reason() : ((Decision.Throw<?>) last).reason();
    }
}
