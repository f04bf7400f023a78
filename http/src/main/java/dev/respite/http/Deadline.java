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
     * This deadline, or a later one if less time than that is left: for work that has stood still meanwhile. What stands in
     * for a deadline that has no end has none.
     */
    Deadline atLeast(long nanos) {
        long missing = timeout.isEmpty() ? 0 : nanos - left();
        return missing <= 0 ? this : new Deadline(timeout, start + missing, time);
    }

    /**
     * Waits for the result; when the time is up, or the thread is interrupted, breaks the work off on this thread.
     *
     * @throws HttpTimeoutException if the time is up first
     */
    <V extends @Nullable Object> V await(CompletableFuture<V> result, Runnable breakOff)
            throws IOException, InterruptedException {
        // Nothing depends on this but the thread that waits here: the timer only wakes it.
        CompletableFuture<V> heard = new CompletableFuture<>();
        AtomicBoolean late = new AtomicBoolean();
        Optional<Future<?>> alarm = alarm(
                () -> {
                    late.set(true);
                    heard.cancel(false);
                },
                breakOff);
        tell(result, heard);
        try {
            return heard.get();
        } catch (ExecutionException failed) {
            throw unwrapped(failed);
        } catch (CancellationException cancelled) {
            breakOff.run();
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
        HttpTimeoutException tooLate = tooLate();
        Optional<Future<?>> alarm =
                alarm(() -> time.executor().execute(() -> limited.completeExceptionally(tooLate)), breakOff);
        CompletableFuture<?> unusedEnd = limited.whenComplete((value, error) -> {
            alarm.ifPresent(set -> set.cancel(false));
            if (error != null) {
                breakOff.run();
            }
        });
        tell(work, limited);
        return limited;
    }

    /** Sets an alarm, which only hands over: it goes off on the timer's thread. Work that cannot be limited is broken off. */
    private Optional<Future<?>> alarm(TimeSource.Task handOver, Runnable breakOff) {
        try {
            return timeout.map(limit -> time.schedule(handOver, left()));
        } catch (Throwable refused) {
            breakOff.run();
            throw refused;
        }
    }

    private static <V extends @Nullable Object> void tell(
            CompletableFuture<? extends V> work, CompletableFuture<V> to) {
        CompletableFuture<?> unused = work.whenComplete((value, error) -> {
            if (error == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(unwrapped(error));
            }
        });
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
