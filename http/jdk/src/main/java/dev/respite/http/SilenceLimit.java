package dev.respite.http;

import dev.respite.time.TimeSource;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ends a streamed body whose server is silent for too long. Only time in which the reader has requested bytes counts, so a slow
 * reader is no silence.
 *
 * @param <T> what the reader makes of the body
 */
final class SilenceLimit<T extends @Nullable Object> implements BodySubscriber<T>, Subscription {

    /** The limit of a policy without an attempt timeout. */
    static final Duration DEFAULT = Duration.ofSeconds(30);

    private static final Set<Class<?>> STREAMS = Set.of(
            BodySubscribers.ofFile(Path.of("probe")).getClass(),
            BodySubscribers.ofInputStream().getClass(),
            BodySubscribers.ofPublisher().getClass());

    /** Lines have the subscriber that maps any other; their handler has a class of its own. */
    private static final Class<?> OF_LINES = BodyHandlers.ofLines().getClass();

    private enum Phase {
        WAITING,
        DELIVERING,
        ENDED
    }

    private final BodySubscriber<T> reader;
    private final Duration limit;
    private final TimeSource time;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean armed = new AtomicBoolean();
    private volatile long lastSignal;
    private volatile @Nullable Subscription upstream;
    private volatile @Nullable Future<?> alarm;

    /** A body that has not begun to arrive. */
    SilenceLimit(BodySubscriber<T> reader, Duration limit, TimeSource time) {
        this.reader = reader;
        this.limit = limit;
        this.time = time;
    }

    /** Returns whether a handler of the JDK streams a body of any length to a file or to the caller. */
    static boolean isFor(BodyHandler<?> handler, BodySubscriber<?> reader) {
        return STREAMS.contains(reader.getClass()) || handler.getClass() == OF_LINES;
    }

    @Override
    public CompletionStage<T> getBody() {
        return reader.getBody();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        reader.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        if (demand.get() == 0) {
            // Before the demand is visible: the alarm would compare with an old time.
            lastSignal = time.nanoTime();
        }
        demand.getAndUpdate(now -> n > 0 && now + n < 0 ? Long.MAX_VALUE : now + Math.max(0, n));
        arm(TimeUnit.NANOSECONDS.convert(limit));
        upstream().request(n);
    }

    @Override
    public void cancel() {
        demand.set(0);
        stopAlarm();
        upstream().cancel();
    }

    private Subscription upstream() {
        return Objects.requireNonNull(upstream, "subscribed");
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        // A publisher may serve a request inside of it: then the reader is called within its own call.
        boolean outermost = phase.compareAndSet(Phase.WAITING, Phase.DELIVERING);
        if (!outermost && phase.get() == Phase.ENDED) {
            return;
        }
        demand.getAndUpdate(now -> now == Long.MAX_VALUE || now == 0 ? now : now - 1);
        reader.onNext(bytes);
        lastSignal = time.nanoTime();
        if (outermost) {
            phase.compareAndSet(Phase.DELIVERING, Phase.WAITING);
        }
    }

    @Override
    public void onError(Throwable error) {
        if (ends()) {
            reader.onError(error);
        }
    }

    @Override
    public void onComplete() {
        if (ends()) {
            reader.onComplete();
        }
    }

    private boolean ends() {
        boolean first = phase.getAndSet(Phase.ENDED) != Phase.ENDED;
        stopAlarm();
        return first;
    }

    /** Sets the alarm, unless it is set. */
    private void arm(long nanos) {
        if (!armed.compareAndSet(false, true)) {
            return;
        }
        alarm = time.schedule(() -> time.executor().execute(this::check), nanos);
        if (phase.get() == Phase.ENDED) {
            stopAlarm();
        }
    }

    private void stopAlarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
    }

    private void check() {
        armed.set(false);
        // Without a request the server may not send. The next request sets the alarm again.
        if (phase.get() == Phase.ENDED || demand.get() == 0) {
            return;
        }
        long nanos = TimeUnit.NANOSECONDS.convert(limit);
        long left = nanos - (time.nanoTime() - lastSignal);
        if (left > 0) {
            arm(left);
        } else if (phase.compareAndSet(Phase.WAITING, Phase.ENDED)) {
            // The reader first: the JDK's client has a failure of its own for a cancelled body.
            try {
                reader.onError(new HttpTimeoutException("no byte of the body for " + limit.toMillis()
                        + " ms; the limit is attempt-timeout, or " + DEFAULT.toSeconds() + " s without one"));
            } finally {
                upstream().cancel();
            }
        } else {
            arm(nanos);
        }
    }
}
