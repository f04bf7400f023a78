package dev.respite;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a driver does with the stages of attempts: ends them, and limits their time. */
final class Stages {

    private Stages() {}

    /** Cancels the work behind a stage, if the stage lets us. */
    static void cancel(CompletionStage<?> stage) {
        try {
            Future<?> future = stage instanceof Future<?> itself ? itself : stage.toCompletableFuture();
            future.cancel(true);
        } catch (UnsupportedOperationException minimal) {
            // A stage that only its maker can complete: the work goes on, and its result is thrown away.
        }
    }

    /** The stage, or a failure and the stage's cancellation if it takes too long. */
    static <T extends @Nullable Object> CompletionStage<? extends T> within(
            CompletionStage<? extends T> stage, Duration limit, RetryCall<T> book) {
        if (stage instanceof Future<?> future && future.isDone()) {
            return stage;
        }
        Limited<T> limited = new Limited<>(stage, limit, book);
        limited.start();
        return limited;
    }

    /** A stage with an alarm. */
    private static final class Limited<T extends @Nullable Object> extends CompletableFuture<T>
            implements TimeSource.Task {

        private final CompletionStage<? extends T> stage;
        private final Duration limit;
        private final RetryCall<T> book;
        private TimeSource.@Nullable Scheduled alarm;

        Limited(CompletionStage<? extends T> stage, Duration limit, RetryCall<T> book) {
            this.stage = stage;
            this.limit = limit;
            this.book = book;
        }

        void start() {
            try {
                alarm = book.time().schedule(this, saturatedNanos(limit));
            } catch (Throwable refused) {
                endWith(refused);
            }
            stage.whenComplete(this::ended);
        }

        private void ended(@Nullable T value, @Nullable Throwable error) {
            TimeSource.Scheduled set = alarm;
            if (set != null) {
                set.cancel();
            }
            boolean heard = error == null ? complete(value) : completeExceptionally(error);
            if (!heard) {
                book.discard(value);
            }
        }

        /** The time is up. This is the timer's thread: it only hands over. */
        @Override
        public void run() {
            handOver(new TimeoutException("no result within " + limit.toMillis() + " ms"));
        }

        /** The time will never be up: without its limit the attempt could hang for ever. */
        @Override
        public void dropped() {
            handOver(new RejectedExecutionException("the scheduler that limits this attempt's time was shut down"));
        }

        private void handOver(Exception error) {
            try {
                book.time().executor().execute(() -> endWith(error));
            } catch (Throwable full) {
                SystemTime.COMMON.execute(() -> endWith(error));
            }
        }

        private void endWith(Throwable error) {
            if (completeExceptionally(error)) {
                Stages.cancel(stage);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                Stages.cancel(stage);
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }

        private static long saturatedNanos(Duration duration) {
            try {
                return duration.toNanos();
            } catch (ArithmeticException centuries) {
                return Long.MAX_VALUE;
            }
        }
    }
}
