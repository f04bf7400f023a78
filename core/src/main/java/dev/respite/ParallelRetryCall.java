package dev.respite;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.driver.ContextPropagation;
import dev.respite.driver.ParallelAttempt;
import dev.respite.driver.ParallelCall;
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

/** The engine of a call whose attempts run side by side, with a time and a flight recorder for each attempt. */
final class ParallelRetryCall<T extends @Nullable Object> implements ParallelCall<T> {

    private final CallContext context;
    private final AsyncOperation<T> operation;
    private final RetryCall<T> call;
    private final boolean marked;

    /** Begins a call on this thread. */
    ParallelRetryCall(CallContext context, AsyncOperation<T> operation, boolean marked) {
        this.context = context;
        this.marked = marked;
        this.operation = operation;
        this.call = new RetryCall<>(
                context, context.begin(), GivenUpFailures.epoch(), GivenUpFailures.current(), FlightRecorder.ofCall());
        GivenUpFailures.endEpoch();
    }

    @Override
    public RetryPolicy policy() {
        return context.policy();
    }

    @Override
    public TimeSource time() {
        return context.time();
    }

    @Override
    public Runnable inContext(Runnable task) {
        return ContextPropagation.wrap(context.propagation(), task, context.reporter()::reportContext);
    }

    @Override
    public int attempts() {
        return call.attempt().number();
    }

    @Override
    public long elapsedNanos() {
        return call.elapsed();
    }

    @Override
    public ParallelAttempt<T> attempt(int number) {
        return new Running(number);
    }

    @Override
    public Verdict classify(Outcome<T> outcome) {
        return context.classifyAndCount(outcome);
    }

    @Override
    public Decision<T> decide(ParallelAttempt<T> ended, Outcome<T> outcome, Verdict verdict) {
        Running attempt = (Running) ended;
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

    @Override
    public Optional<Grant> acquireRetry(ParallelAttempt<T> failed, ErrorKind kind) {
        return Optional.ofNullable(context.budget().tryAcquire(failed((Running) failed, kind)));
    }

    /** A hedge is requested since an attempt is slow, so its latency is no sign of a queue in the target. */
    @Override
    public Optional<Grant> acquireHedge() {
        long now = call.elapsed();
        FailedAttempt slow = call.failedAttempt(attempts(), RetryBudgets.HEDGE, now, now);
        return Optional.ofNullable(context.budget().tryAcquireHedge(slow));
    }

    @Override
    public void rejected() {
        context.counters().rejected();
    }

    @Override
    public void refund(Grant grant) {
        context.budget().refund(grant);
    }

    @Override
    public void attemptBegan(ErrorKind kind) {
        call.hedgeStarted(kind);
    }

    @Override
    public void delayed(long nanos) {
        context.counters().delayed(nanos);
    }

    @Override
    public void attemptEnded(ParallelAttempt<T> ended, Outcome<T> outcome, Verdict verdict, Decision<T> decision) {
        Running attempt = (Running) ended;
        boolean multiplied = GivenUpFailures.hasAny(attempt.givenUp) && context.noteMultiplied(decision);
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            attempt.record(
                    publisher, attempt.endNanos, OutcomeLabels.of(outcome, verdict), CallPublisher.delayOf(decision));
            publisher.publishFailure(attempt.attempt().at(attempt.endNanos), outcome, verdict, decision, multiplied);
        }
    }

    @Override
    public void cancel(ParallelAttempt<T> running) {
        Running attempt = (Running) running;
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            attempt.record(publisher, call.elapsed(), "cancelled", OptionalLong.empty());
        }
        attempt.cancel();
    }

    @Override
    public void retain(Outcome<T> outcome) {
        call.detachOutcome(outcome);
    }

    @Override
    public Outcome<T> takeRetained(StopReason reason) {
        return call.takeRetained(reason);
    }

    @Override
    public void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            context.reporter().discard(success.value());
        }
    }

    @Override
    public void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome, call.elapsed());
    }

    @Override
    public void recordGivenUp(Decision<T> last) {
        call.recordGivenUp(last);
    }

    private final class Running implements ParallelAttempt<T> {

        private final int number;
        private final AtomicReference<Object[]> givenUp =
                marked ? GivenUpFailures.createHedged() : GivenUpFailures.create();
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

        @Override
        public void begin() {
            startNanos = call.elapsed();
            recorder = FlightRecorder.ofCall();
        }

        @Override
        public void start(BiConsumer<T, Throwable> listener) {
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
