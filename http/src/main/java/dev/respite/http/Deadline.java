package dev.respite.http;

import dev.respite.TimeSource;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
        Optional<TimeSource.Scheduled> alarm = timeout.map(limit -> time.schedule(
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
            alarm.ifPresent(TimeSource.Scheduled::cancel);
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
