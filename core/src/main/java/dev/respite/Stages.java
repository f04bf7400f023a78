package dev.respite;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.policy.Limits;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import dev.respite.time.TimeSource.Timeout;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Starts the stages of attempts, limits their time and cancels them. */
final class Stages {

    private Stages() {}

    /** Starts an attempt: its stage, for as long as it may take, or one that has failed if there is none. */
    static <T extends @Nullable Object> CompletionStage<? extends T> start(
            AsyncOperation<T> operation, Attempt attempt, AtomicReference<Object[]> givenUp, CallContext context) {
        @Nullable AtomicReference<Object[]> before = GivenUpFailures.enter(givenUp);
        try {
            long begun = operation.enforcesTimeout() ? 0 : startNanos(context);
            CompletionStage<? extends T> stage =
                    Objects.requireNonNull(operation.attempt(attempt), "the operation returned no stage");
            return operation.enforcesTimeout() ? stage : limited(stage, attempt, begun, context);
        } catch (Throwable error) {
            CallerThread.restoreFlag(Outcome.failure(error));
            return CompletableFuture.failedFuture(error);
        } finally {
            GivenUpFailures.leave(before);
        }
    }

    /** Returns the time if an attempt that begins now has a limit, and 0 otherwise. */
    private static long startNanos(CallContext context) {
        Limits limits = context.policy().limits();
        boolean limited =
                limits.attemptTimeout().isPresent() || limits.totalTimeout().isPresent();
        return limited ? context.time().nanoTime() : 0;
    }

    /** The stage of an attempt that began at that time, as long as the policy lets it take. */
    private static <T extends @Nullable Object> CompletionStage<? extends T> limited(
            CompletionStage<? extends T> stage, Attempt attempt, long startNanos, CallContext context) {
        Optional<Duration> limit = context.policy().timeoutOf(attempt);
        return limit.isEmpty() || isDone(stage) ? stage : withTimeout(stage, limit.get(), startNanos, context);
    }

    /** Registers for the end of a stage; one that refuses that has failed. */
    static <T extends @Nullable Object> void listen(
            CompletionStage<? extends T> stage, BiConsumer<? super T, ? super Throwable> listener) {
        try {
            stage.whenComplete(listener);
        } catch (Throwable bug) {
            CompletionStage<T> unused = CompletableFuture.<T>failedFuture(bug).whenComplete(listener);
        }
    }

    /** Cancels the work behind a stage, if the stage lets us. */
    static void cancel(CompletionStage<?> stage) {
        try {
            Future<?> future = stage instanceof Future<?> itself ? itself : stage.toCompletableFuture();
            future.cancel(true);
        } catch (Throwable refused) {
            // A stage that only its maker can complete: the work goes on, and its result is thrown away.
        }
    }

    /** Cancels the work behind a stage whose time is up; a breaker must receive that, and not only a cancellation. */
    static void endByTimeout(CompletionStage<?> stage, Throwable error) {
        if (stage instanceof GuardedStage<?> guarded && error instanceof TimeoutException late) {
            guarded.timedOut(late);
        } else {
            cancel(stage);
        }
    }

    /** Returns whether a stage is known to have its result. */
    static boolean isDone(CompletionStage<?> stage) {
        try {
            return stage instanceof Future<?> future && future.isDone();
        } catch (UnsupportedOperationException minimal) {
            return false;
        }
    }

    /** The stage, or a failure and the stage's cancellation if it is not done so long after the attempt began. */
    static <T extends @Nullable Object> CompletionStage<? extends T> withTimeout(
            CompletionStage<? extends T> stage, Duration limit, long begun, CallContext context) {
        StageWithTimeout<T> limited = new StageWithTimeout<>(stage, limit, context);
        limited.start(begun);
        return limited;
    }

    /** A stage with an alarm. */
    private static final class StageWithTimeout<T extends @Nullable Object> extends CompletableFuture<T>
            implements Timeout {

        private final CompletionStage<? extends T> stage;
        private final Duration limit;
        private final CallContext context;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Future<?> alarm;

        StageWithTimeout(CompletionStage<? extends T> stage, Duration limit, CallContext context) {
            this.stage = stage;
            this.limit = limit;
            this.context = context;
        }

        void start(long begun) {
            stage.whenComplete(this::ended);
            if (over.get()) {
                return;
            }
            TimeSource time = context.time();
            try {
                alarm = time.schedule(this, ValueFormat.saturatedNanos(limit) - (time.nanoTime() - begun));
            } catch (Throwable refused) {
                endWith(refused);
            }
            if (over.get()) {
                stopAlarm();
            }
        }

        private void ended(T value, @Nullable Throwable error) {
            if (!over.compareAndSet(false, true)) {
                context.reporter().discard(value);
                return;
            }
            stopAlarm();
            if (error != null) {
                completeExceptionally(error);
            } else if (!complete(value)) {
                // Cancelled meanwhile.
                context.reporter().discard(value);
            }
        }

        private void stopAlarm() {
            Future<?> set = alarm;
            if (set != null) {
                set.cancel(false);
            }
        }

        /** The time is up. This is the timer's thread: it only hands over. */
        @Override
        public void run() {
            endInExecutor(new TimeoutException("no result within " + History.format(limit.toNanos())));
        }

        /** The time will never be up: without its limit the attempt could hang for ever. */
        @Override
        public void rejected() {
            endInExecutor(
                    new RejectedExecutionException("the scheduler that limits this attempt's time was shut down"));
        }

        private void endInExecutor(Exception error) {
            try {
                context.time().executor().execute(() -> endWith(error));
            } catch (Throwable full) {
                TimeSource.runOnSpareThread(() -> endWith(error));
            }
        }

        private void endWith(Throwable error) {
            if (over.compareAndSet(false, true)) {
                Stages.endByTimeout(stage, error);
                completeExceptionally(error);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (over.compareAndSet(false, true)) {
                stopAlarm();
                Stages.cancel(stage);
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
