package dev.respite;

import dev.respite.policy.Attempt;
import dev.respite.policy.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a driver does with the stages of attempts: ends them, and limits their time. */
final class Stages {

    private Stages() {}

    /** Starts an attempt: its stage, for as long as it may take, or one that has failed if there is none. */
    static <T extends @Nullable Object> CompletionStage<? extends T> start(
            AsyncOperation<T> operation, Attempt attempt, AtomicReference<Object[]> givenUp, RetryCall<T> book) {
        @Nullable AtomicReference<Object[]> before = GivenUpFailures.enter(givenUp);
        try {
            long begun = operation.enforcesTimeout() ? 0 : book.attemptStartNanos();
            CompletionStage<? extends T> stage =
                    Objects.requireNonNull(operation.attempt(attempt), "the operation returned no stage");
            return operation.enforcesTimeout() ? stage : book.withTimeout(stage, attempt, begun);
        } catch (Throwable error) {
            Retry.restoreFlag(Outcome.failure(error));
            return CompletableFuture.failedFuture(error);
        } finally {
            GivenUpFailures.leave(before);
        }
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

    /** Whether a stage is known to have its result. */
    static boolean isDone(CompletionStage<?> stage) {
        try {
            return stage instanceof Future<?> future && future.isDone();
        } catch (UnsupportedOperationException minimal) {
            return false;
        }
    }

    /** The stage, or a failure and the stage's cancellation if it is not done so long after the attempt began. */
    static <T extends @Nullable Object> CompletionStage<? extends T> withTimeout(
            CompletionStage<? extends T> stage, Duration limit, long begun, RetryCall<T> book) {
        StageWithTimeout<T> limited = new StageWithTimeout<>(stage, limit, book);
        limited.start(begun);
        return limited;
    }

    static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException centuries) {
            return Long.MAX_VALUE;
        }
    }

    /** A stage with an alarm. */
    private static final class StageWithTimeout<T extends @Nullable Object> extends CompletableFuture<T>
            implements Timeout {

        private final CompletionStage<? extends T> stage;
        private final Duration limit;
        private final RetryCall<T> call;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Future<?> alarm;

        StageWithTimeout(CompletionStage<? extends T> stage, Duration limit, RetryCall<T> book) {
            this.stage = stage;
            this.limit = limit;
            this.call = book;
        }

        void start(long begun) {
            stage.whenComplete(this::ended);
            if (over.get()) {
                return;
            }
            TimeSource time = call.time();
            try {
                alarm = time.schedule(this, saturatedNanos(limit) - (time.nanoTime() - begun));
            } catch (Throwable refused) {
                endWith(refused);
            }
            if (over.get()) {
                stopAlarm();
            }
        }

        private void ended(T value, @Nullable Throwable error) {
            if (!over.compareAndSet(false, true)) {
                call.discard(value);
                return;
            }
            stopAlarm();
            if (error != null) {
                completeExceptionally(error);
            } else if (!complete(value)) {
                // Cancelled meanwhile.
                call.discard(value);
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
                call.time().executor().execute(() -> endWith(error));
            } catch (Throwable full) {
                OwnThreads.runElsewhere(() -> endWith(error));
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
