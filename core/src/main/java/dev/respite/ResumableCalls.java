package dev.respite;

import dev.respite.driver.AttemptResult;
import dev.respite.driver.AttemptResult.Again;
import dev.respite.driver.AttemptResult.Ended;
import dev.respite.driver.CallState;
import dev.respite.driver.CallState.Payment;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.ErrorKind.Load;
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

/** The driver of calls that outlive the process. */
final class ResumableCalls implements ResumableRetry {

    private final CallContext context;
    private final boolean defers;
    private final DeferralPace pace = new DeferralPace();

    private ResumableCalls(CallContext context, boolean defers) {
        this.context = context;
        this.defers = defers;
    }

    /**
     * Creates the driver of a retry.
     *
     * @throws IllegalArgumentException if the policy has a {@code budget-wait}, which waits in memory
     */
    static ResumableCalls of(CallContext context) {
        RetryPolicy policy = context.policy();
        if (policy.limits().budgetWait().isPresent()) {
            throw new IllegalArgumentException(
                    "budget-wait=" + policy.limits().budgetWait().get()
                            + ": a call that outlives the process cannot wait in memory for its budget, and its rejected retries are"
                            + " deferred anyway; write budget-wait=off, or leave it out");
        }
        return new ResumableCalls(context, true);
    }

    @Override
    public ResumableRetry withoutDeferral() {
        return new ResumableCalls(context, false);
    }

    @Override
    public CallState begin() {
        return CallState.begin(context.time().wallTime());
    }

    @Override
    public <T extends @Nullable Object> AttemptResult<T> attempt(CallState state, Work<T> work) {
        Objects.requireNonNull(work, "work");
        Operation<T, Exception> operation = work::attempt;
        return run(state, operation);
    }

    private <T extends @Nullable Object> AttemptResult<T> run(CallState state, Operation<T, ?> operation) {
        RetryCall<T> call = new RetryCall<>(context, state, startNanos(state), defers);
        if (!state.isFirst() && isTimeUp(call.attempt())) {
            return endedUnmade(
                    call,
                    "the total timeout had passed when attempt " + state.number() + " was due, so it was not made");
        }
        Optional<ErrorKind> deferred = state.payment().deferred();
        boolean paced = deferred.isPresent() && pace.tryTake(context.time().nanoTime());
        if (deferred.isPresent() && !paced && !call.acquireDeferred(deferred.get())) {
            return deferAgain(call, state, deferred.get());
        }
        AttemptResult<T> result = attempted(call, state, operation);
        reportToPace(result, paced);
        return result;
    }

    @Override
    public int deferredRetriesLeft() {
        boolean isUnlimited = context.budget().guarded().retriesLeft() == Double.POSITIVE_INFINITY;
        return isUnlimited ? Integer.MAX_VALUE : pace.left(context.time().nanoTime());
    }

    private <T extends @Nullable Object> AttemptResult<T> attempted(
            RetryCall<T> call, CallState state, Operation<T, ?> operation) {
        int epoch = GivenUpFailures.epoch();
        Outcome<T> outcome = outcome(operation, call);
        return judged(call, state, outcome, GivenUpFailures.hasAny(GivenUpFailures.ofThread(), epoch));
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
        HistoryRecorder history = publisher(call).history();
        Attempt ended = call.attempt();
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

    /**
     * Of attempts that the pace has not permitted only an overload counts: they go first, and deferred retries leave them room. A
     * permanent failure is no sign of the target's capacity.
     */
    private void reportToPace(AttemptResult<?> result, boolean paced) {
        long now = context.time().nanoTime();
        if (result instanceof Again<?> again) {
            Payment payment = again.state().payment();
            boolean isOverload = payment.deferred()
                    .or(payment::retried)
                    .filter(kind -> kind.load() == Load.OVERLOAD)
                    .isPresent();
            if (paced) {
                pace.failed(isOverload, now);
            } else if (isOverload) {
                pace.overloaded(now);
            }
        } else if (paced) {
            StopReason reason = ((Ended<?>) result).reason();
            if (reason == StopReason.ACCEPTED) {
                pace.succeeded(now);
            } else if (reason != StopReason.FATAL) {
                pace.failed(false, now);
            }
        }
    }

    @Override
    public <T extends @Nullable Object> AttemptResult<T> failedElsewhere(CallState state, Throwable failure) {
        CallState begun = state.begun();
        RetryCall<T> call = new RetryCall<>(context, begun, startNanos(begun), defers);
        return judged(call, begun, Outcome.failure(failure), false);
    }

    private <T extends @Nullable Object> AttemptResult<T> judged(
            RetryCall<T> call, CallState state, Outcome<T> outcome, boolean gaveUp) {
        Decision<T> decision = call.attemptEnded(outcome, GivenUpFailures.ofThread(), gaveUp);
        if (decision instanceof Decision.RetryAfter<T> again) {
            return new Again<>(stateAfter(call, state.firstStart()), again.delay());
        }
        call.recordGivenUp(decision);
        CallerThread.restoreFlag(outcome);
        return new Ended<>(reason(decision), outcome, publisher(call).endedHistory());
    }

    @Override
    public <T extends @Nullable Object> AttemptResult<T> attemptWithInterrupt(CallState state, Work<T> work) {
        Objects.requireNonNull(work, "work");
        Operation<T, Exception> operation = work::attempt;
        return run(state, new Interruptible<>(operation, context));
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

    /** The beginning of the call, in nanoseconds of the time source. */
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
