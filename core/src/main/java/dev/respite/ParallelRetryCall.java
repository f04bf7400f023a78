package dev.respite;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.driver.ContextPropagation;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a call whose attempts run side by side, with a time and a flight recorder for each attempt. It is for one thread
 * at a time, except {@link #inContext}, {@link #attempt} and the accessors that do not change.
 */
final class ParallelRetryCall<T extends @Nullable Object> {

    private final CallContext context;
    private final AsyncOperation<T> operation;
    private final RetryCall<T> call;

    /** Begins a call on this thread. */
    ParallelRetryCall(CallContext context, AsyncOperation<T> operation) {
        this.context = context;
        this.operation = operation;
        this.call = new RetryCall<>(
                context, context.begin(), GivenUpFailures.epoch(), GivenUpFailures.current(), FlightRecorder.ofCall());
    }

    /** Returns the policy of the call. */
    RetryPolicy policy() {
        return context.policy();
    }

    /** Returns the time in which the call lives. */
    TimeSource time() {
        return context.time();
    }

    /** Wraps a task so that it runs in the context of this thread. */
    Runnable inContext(Runnable task) {
        return ContextPropagation.wrap(context.propagation(), task, context.reporter()::reportContext);
    }

    /** Returns how many attempts have begun. */
    int attempts() {
        return call.attempt().number();
    }

    /** Returns how long the call has taken so far. */
    long elapsedNanos() {
        return call.elapsed();
    }

    /** Returns an attempt that has not begun. Safe for use by any thread. */
    Running attempt(int number) {
        return new Running(number);
    }

    /** Returns the verdict on the outcome of an attempt, and counts an error. */
    Verdict classify(Outcome<T> outcome) {
        return context.classifyAndCount(outcome);
    }

    /**
     * Decides what follows the end of an attempt, if its retry can be paid. The policy counts the attempts that were made,
     * whichever of them has ended.
     */
    Decision<T> decide(Running attempt, Outcome<T> outcome, Verdict verdict) {
        long now = call.elapsed();
        attempt.endNanos = now;
        call.setAttemptStart(attempt.startNanos);
        Attempt newest = call.attempt().at(call.policyTime(now));
        return verdict instanceof Verdict.Transient error
                ? call.decideBeforeBudget(newest, outcome, error, attempt.givenUp, failed(attempt, error.kind()))
                : context.policy().decide(newest, outcome, verdict, 0);
    }

    private FailedAttempt failed(Running attempt, ErrorKind kind) {
        return call.failedAttempt(attempt.number, kind, attempt.startNanos, attempt.endNanos);
    }

    /** Requests the retry of an attempt from the budget. */
    Optional<Grant> acquireRetry(Running failed, ErrorKind kind) {
        return Optional.ofNullable(context.budget().tryAcquire(failed(failed, kind)));
    }

    /**
     * Requests an attempt beside a slow one from the budget. A hedge is requested since an attempt is slow, so its latency is no
     * sign of a queue in the target.
     */
    Optional<Grant> acquireHedge() {
        long now = call.elapsed();
        FailedAttempt slow = call.failedAttempt(attempts(), RetryBudgets.HEDGE, now, now);
        return Optional.ofNullable(context.budget().tryAcquireHedge(slow));
    }

    /** Counts an attempt that another limit than the budget has rejected. */
    void rejected() {
        context.counters().rejected();
    }

    /** Returns a grant to the budget, since its attempt is not made. */
    void refund(Grant grant) {
        context.budget().refund(grant);
    }

    /** Notes that another attempt has begun. */
    void attemptBegan(ErrorKind kind) {
        call.hedgeStarted(kind);
    }

    /** Counts the delay before a retry. */
    void delayed(long nanos) {
        context.counters().delayed(nanos);
    }

    /** Publishes the end of an attempt. */
    void attemptEnded(Running attempt, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            attempt.record(
                    publisher, attempt.endNanos, OutcomeLabels.of(outcome, verdict), CallPublisher.delayOf(decision));
            publisher.publishFailure(attempt.attempt().at(attempt.endNanos), outcome, verdict, decision);
        }
    }

    /** Cancels an attempt that runs, since the call ends, and publishes that. */
    void cancel(Running attempt) {
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            attempt.record(publisher, call.elapsed(), "cancelled", OptionalLong.empty());
        }
        attempt.cancel();
    }

    /** Keeps what the call ends with if no further attempt can be made, and closes or detaches the rest. */
    void retain(Outcome<T> outcome) {
        call.detachOutcome(outcome);
    }

    /** Returns the outcome that was kept. */
    Outcome<T> takeRetained(StopReason reason) {
        return call.takeRetained(reason);
    }

    /** Closes the value of an outcome that no caller receives. */
    void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            context.reporter().discard(success.value());
        }
    }

    /** Ends the call: counts and publishes that. */
    void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome, call.elapsed());
    }

    /** Records for the calls that enclose this one that it has given up, if it has. */
    void recordGivenUp(Decision<T> last) {
        call.recordGivenUp(last);
    }

    final class Running {

        private final int number;
        private final AtomicReference<Object[]> givenUp = GivenUpFailures.create();
        private volatile @Nullable FlightRecorder recorder;
        private volatile long startNanos;
        private volatile @Nullable CompletionStage<? extends T> stage;
        private volatile boolean cancelled;

        /** Written and read by the thread that owns the call. */
        private long endNanos;

        Running(int number) {
            this.number = number;
        }

        private Attempt attempt() {
            return new Attempt(number, call.policyTime(startNanos), 0);
        }

        /** Notes the time at which the attempt begins. Once, before all else. */
        void begin() {
            startNanos = call.elapsed();
            recorder = FlightRecorder.ofCall();
        }

        /** Starts the operation on this thread. Its stage is ended when the time of the attempt is up. */
        void start(BiConsumer<T, Throwable> listener) {
            CompletionStage<? extends T> started = Stages.start(operation, attempt(), givenUp, context);
            stage = started;
            if (cancelled) {
                Stages.cancel(started);
            }
            Stages.listen(started, listener);
        }

        void cancel() {
            cancelled = true;
            CompletionStage<? extends T> started = stage;
            if (started != null) {
                Stages.cancel(started);
            }
        }

        void record(CallPublisher publisher, long ended, String label, OptionalLong delay) {
            publisher.history().add(new History.Entry(number, label, startNanos, ended - startNanos, delay), recorder);
        }
    }
}
