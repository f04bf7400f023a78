package dev.respite.http;

import dev.respite.TimeSource;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The moment by which an attempt must have its whole answer, body included. {@code HttpRequest.timeout} stops counting at
 * the headers before JDK 26; this does not.
 */
final class Deadline {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    static final Deadline NONE = new Deadline(Optional.empty(), 0, TimeSource.system());

    private final Optional<Duration> timeout;
    private final long start;
    private final TimeSource time;

    private Deadline(Optional<Duration> timeout, long start, TimeSource time) {
        this.timeout = timeout;
        this.start = start;
        this.time = time;
    }

    static Deadline after(Optional<Duration> timeout, TimeSource time) {
        return new Deadline(timeout, timeout.isPresent() ? time.nanoTime() : 0, time);
    }

    /** So much time, or what is left until this deadline if that is less; not negative. */
    long within(long nanos) {
        return timeout.isEmpty() ? nanos : Math.max(0, Math.min(nanos, left()));
    }

    /**
     * Waits for the result; when the time is up, or the thread is interrupted, breaks the work off.
     *
     * @throws HttpTimeoutException if the time is up first
     */
    <V extends @Nullable Object> V await(CompletableFuture<V> result, Runnable breakOff)
            throws IOException, InterruptedException {
        AtomicBoolean late = new AtomicBoolean();
        Optional<Future<?>> alarm = timeout.map(limit -> time.schedule(
                () -> {
                    late.set(true);
                    breakOff.run();
                    result.cancel(true);
                },
                left()));
        try {
            return result.get();
        } catch (ExecutionException failed) {
            throw late.get() ? tooLate() : unwrapped(failed);
        } catch (CancellationException cancelled) {
            if (late.get()) {
                throw tooLate();
            }
            throw cancelled;
        } catch (InterruptedException interrupted) {
            breakOff.run();
            throw interrupted;
        } finally {
            alarm.ifPresent(set -> set.cancel(false));
        }
    }

    /**
     * The work, or that the time was up before it was done. Work that nobody waits for any more, because it is too late or
     * was cancelled, is broken off.
     */
    <V extends @Nullable Object> CompletableFuture<V> limit(CompletableFuture<? extends V> work, Runnable breakOff) {
        CompletableFuture<V> limited = new CompletableFuture<>();
        Optional<Future<?>> alarm = timeout.map(limit -> time.schedule(new Alarm(limited, tooLate(), time), left()));
        CompletableFuture<?> unusedEnd = limited.whenComplete((value, error) -> {
            alarm.ifPresent(set -> set.cancel(false));
            if (error != null) {
                breakOff.run();
            }
        });
        CompletableFuture<?> unusedWork = work.whenComplete((value, error) -> {
            if (error == null) {
                limited.complete(value);
            } else {
                limited.completeExceptionally(unwrapped(error));
            }
        });
        return limited;
    }

    /** Ends the waiting for a result. */
    private record Alarm(CompletableFuture<?> result, HttpTimeoutException tooLate, TimeSource time)
            implements TimeSource.Task {

        /** This is the timer's thread: it only hands over. */
        @Override
        public void run() {
            end(tooLate);
        }

        @Override
        public void dropped() {
            end(new RejectedExecutionException("the scheduler that limits this attempt's time was shut down"));
        }

        private void end(Exception error) {
            try {
                time.executor().execute(() -> result.completeExceptionally(error));
            } catch (RejectedExecutionException full) {
                TimeSource.system().executor().execute(() -> result.completeExceptionally(error));
            }
        }
    }

    private long left() {
        Duration limit =
                timeout.filter(duration -> duration.compareTo(LONGEST) < 0).orElse(LONGEST);
        return limit.toNanos() - (time.nanoTime() - start);
    }

    private HttpTimeoutException tooLate() {
        return new HttpTimeoutException("no whole answer within "
                + timeout.map(limit -> limit.toMillis() + " ms").orElse("its time"));
    }

    /** The failure of a stage, as it was before the stage. */
    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : null;
        Throwable real = cause == null ? error : cause;
        return real instanceof IOException io ? withoutCover(io) : real;
    }

    private static IOException unwrapped(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException io ? withoutCover(io) : new IOException(cause);
    }

    /** The JDK's client covers a failure by "Too many retries" where its own are switched off. */
    private static IOException withoutCover(IOException failure) {
        boolean covered = "Too many retries".equals(failure.getMessage());
        return covered && failure.getCause() instanceof IOException real ? real : failure;
    }
}
