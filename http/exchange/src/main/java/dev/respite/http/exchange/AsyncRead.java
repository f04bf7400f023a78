package dev.respite.http.exchange;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading of the last response's body, which ends in its time. Its end is published in the executor: the client's threads
 * are needed to read other bodies.
 */
final class AsyncRead<R> {

    private final BiConsumer<? super R, @Nullable Throwable> done;
    private final Deadline deadline;
    private final AsyncTransport<R> transport;
    private final TimeSource time;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean mustCut;
    private volatile @Nullable Future<?> alarm;
    private volatile @Nullable Runnable cut;

    /** A body that is not read yet, in a time that accepts every task. */
    AsyncRead(
            BiConsumer<? super R, @Nullable Throwable> done,
            Deadline deadline,
            AsyncTransport<R> transport,
            TimeSource time) {
        this.done = done;
        this.deadline = deadline;
        this.transport = transport;
        this.time = time;
    }

    void start(R last) {
        if (over.get()) {
            transport.discard(last);
            return;
        }
        deadline.remaining().ifPresent(left -> alarm = time.schedule(this::timedOut, left.toNanos()));
        cut = transport.readAsync(last, this::arrived);
        if (over.get()) {
            stopAlarm();
        }
        if (mustCut) {
            cut();
        }
    }

    private void arrived(@Nullable R response, @Nullable Throwable error) {
        end(response, error);
    }

    private void timedOut() {
        end(null, transport.tooLate(deadline.limit().orElse(Duration.ZERO)));
    }

    private void end(@Nullable R response, @Nullable Throwable error) {
        if (over.compareAndSet(false, true)) {
            mustCut = error != null;
            stopAlarm();
            time.executor().execute(() -> {
                try {
                    if (error != null) {
                        cut();
                    }
                } finally {
                    done.accept(response, error);
                }
            });
        } else if (response != null) {
            transport.discard(response);
        }
    }

    /** The caller waits no more; a body that is not complete is cut. */
    void abandon() {
        if (over.compareAndSet(false, true)) {
            mustCut = true;
            stopAlarm();
            cut();
        }
    }

    private void cut() {
        Runnable reading = cut;
        if (reading != null) {
            reading.run();
        }
    }

    private void stopAlarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
    }
}
