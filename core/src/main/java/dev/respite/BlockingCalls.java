package dev.respite;

import dev.respite.RetryListener.Interest;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.queue.WaitingCall;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The driver of the blocking calls of one {@link Retry}. The first attempt has a path of its own: a call makes no object if its
 * attempt succeeds and no listener or recorder reads its history.
 */
final class BlockingCalls {

    private final CallContext context;
    private final RetryBudget budget;

    /** True if a first value is accepted without a verdict and without a history. */
    private final boolean acceptsUnseen;

    /** The event of every call that succeeds at its first attempt without a history; null if nothing is published. */
    private final RetryEvent.@Nullable FirstAttemptSucceeded firstAttemptEvent;

    BlockingCalls(CallContext context) {
        this.context = context;
        this.budget = context.budget().guarded();
        Interest interest = context.reporter().interest();
        this.acceptsUnseen =
                interest != Interest.HISTORY && !context.policy().classifier().judgesValues();
        this.firstAttemptEvent = interest == Interest.COUNTS
                ? new RetryEvent.FirstAttemptSucceeded(context.reporter().name())
                : null;
    }

    /**
     * Runs an operation on this thread.
     *
     * @param breaker the breaker that each attempt has to pass; null for none
     * @param <X> the exception that the operation throws, as its caller has declared it
     */
    <T extends @Nullable Object, X extends Exception> T call(@Nullable SafeBreaker breaker, Callable<T> operation)
            throws X {
        Objects.requireNonNull(operation, "operation");
        long start = context.begin();
        int epoch = GivenUpFailures.epoch();
        FlightRecorder recorder = FlightRecorder.ofCall();
        T value;
        try {
            value = breaker == null ? operation.call() : breaker.run(operation);
        } catch (Throwable error) {
            Outcome<T> outcome = CallerThread.failure(error);
            warnOfAttemptTimeout(operation);
            RetryCall<T> failed = new RetryCall<>(context, start, epoch, null, recorder);
            return proceed(breaker, operation, failed, outcome, epoch);
        }
        if (acceptsUnseen) {
            succeededAtOnce(start, recorder);
            return value;
        }
        RetryCall<T> call = new RetryCall<>(context, start, epoch, null, recorder);
        return proceed(breaker, operation, call, Outcome.success(value), epoch);
    }

    private void succeededAtOnce(long start, @Nullable FlightRecorder recorder) {
        budget.succeeded(start);
        if (context.budget().samplesLatency() && budget.wantsLatency(start)) {
            long now = context.time().nanoTime();
            budget.recordLatency(Math.max(0, now - start), now);
        }
        context.counters().succeededAtOnce();
        if (firstAttemptEvent != null) {
            context.reporter().publishFirst(firstAttemptEvent);
        }
        if (recorder != null) {
            String name = context.reporter().name();
            recorder.attemptEnded(name, 1, "ok", OptionalLong.empty());
            recorder.callEnded(name, 1, StopReason.ACCEPTED);
        }
    }

    private void warnOfAttemptTimeout(Callable<?> operation) {
        boolean enforced = context.reporter().enforcesTimeouts() || operation instanceof Interruptible<?>;
        if (!enforced && context.policy().limits().attemptTimeout().isPresent()) {
            context.reporter()
                    .warnings()
                    .attemptTimeoutNotEnforced(context.reporter().name());
        }
    }

    /** Runs a call from the outcome of its first attempt to its end. */
    private <T extends @Nullable Object, X extends Exception> T proceed(
            @Nullable SafeBreaker breaker, Callable<T> operation, RetryCall<T> call, Outcome<T> first, int startEpoch)
            throws X {
        Operation<T, ?> attempts = breaker == null ? asOperation(operation) : breaker.around(asOperation(operation));
        Outcome<T> outcome = first;
        int epoch = startEpoch;
        while (true) {
            @Nullable AtomicReference<Object[]> inner = GivenUpFailures.ofThread();
            Decision<T> decision = call.attemptEnded(outcome, inner, GivenUpFailures.hasAny(inner, epoch));
            if (!(decision instanceof Decision.RetryAfter<T> again)) {
                call.recordGivenUp(decision);
                CallerThread.restoreFlag(outcome);
                return BlockingCalls.<T, X>returnOrThrow(decision);
            }
            @Nullable StopReason end = awaitRetry(call, again.delayNanos());
            if (end != null) {
                Decision<T> last = call.endDuringDelay(end);
                call.recordGivenUp(last);
                return BlockingCalls.<T, X>returnOrThrow(last);
            }
            call.delayEnded();
            epoch = GivenUpFailures.epoch();
            outcome = attempt(attempts, call.attempt());
        }
    }

    /** Waits for the end of the delay and, if the retry is not paid for, for the budget. Returns why the call ends, if it does. */
    private @Nullable StopReason awaitRetry(RetryCall<?> call, long delayNanos) {
        try {
            context.time().sleep(delayNanos);
            @Nullable WaitingCall waiting = call.waiting();
            if (waiting == null) {
                return null;
            }
            try {
                call.beginWait();
            } catch (Throwable rejected) {
                return StopReason.EXECUTOR_REFUSED;
            }
            context.time().await(waiting);
            return waiting.stopReason();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return StopReason.INTERRUPTED;
        } catch (RuntimeException | Error bug) {
            call.refund();
            throw bug;
        }
    }

    /** Returns the operation itself if it takes its attempt, and else one that runs it. */
    @SuppressWarnings("unchecked") // a callable that is an operation has the same T
    static <T extends @Nullable Object> Operation<T, ?> asOperation(Callable<T> callable) {
        if (callable instanceof Operation<?, ?> operation) {
            return (Operation<T, ?>) operation;
        }
        Operation.Simple<T, Exception> simple = callable::call;
        return simple;
    }

    private static <T extends @Nullable Object> Outcome<T> attempt(Operation<T, ?> operation, Attempt attempt) {
        try {
            return Outcome.success(operation.attempt(attempt));
        } catch (Throwable error) {
            return CallerThread.failure(error);
        }
    }

    private static <T extends @Nullable Object, X extends Exception> T returnOrThrow(Decision<T> last) throws X {
        if (last instanceof Decision.Throw<T> failed) {
            CallerThread.<X>throwAsIs(failed.error());
        }
        return ((Decision.Return<T>) last).value();
    }
}
