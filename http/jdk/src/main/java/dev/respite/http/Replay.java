package dev.respite.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscription to a body that is in memory: all of it is delivered once it is requested.
 *
 * <p>Never inside the call of {@code request}: the JDK's subscriber of lines would be complete before it has passed the lines
 * on. A body that is requested in {@code onSubscribe} is delivered right after that, on the same thread. A later request
 * delivers it in the executor.
 */
final class Replay implements Subscription {

    private static final Subscription NOTHING = new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final Subscriber<? super List<ByteBuffer>> subscriber;
    private final List<ByteBuffer> bytes;
    private final Executor executor;
    private final Consumer<Throwable> onBug;
    private final AtomicBoolean delivered = new AtomicBoolean();
    private volatile boolean requested;
    private volatile boolean subscribed;
    private volatile boolean cancelled;

    /**
     * A body in memory.
     *
     * @param executor where the body is delivered if it is requested late
     * @param onBug called with what the subscriber throws then
     */
    Replay(
            Subscriber<? super List<ByteBuffer>> subscriber,
            List<ByteBuffer> bytes,
            Executor executor,
            Consumer<Throwable> onBug) {
        this.subscriber = subscriber;
        this.bytes = List.copyOf(bytes);
        this.executor = executor;
        this.onBug = onBug;
    }

    /**
     * Delivers the body on this thread, as far as it is requested at once.
     *
     * @param failure delivered instead of the body; null if there is none
     */
    void deliver(@Nullable Throwable failure) {
        if (failure != null) {
            subscriber.onSubscribe(NOTHING);
            subscriber.onError(failure);
        } else if (bytes.isEmpty()) {
            subscriber.onSubscribe(NOTHING);
            subscriber.onComplete();
        } else {
            subscriber.onSubscribe(this);
            subscribed = true;
            if (requested) {
                deliverOnce();
            }
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            cancelled = true;
            subscriber.onError(new IllegalArgumentException("request(" + n + "): request at least one item"));
            return;
        }
        requested = true;
        if (subscribed) {
            executor.execute(this::deliverLate);
        }
    }

    private void deliverLate() {
        try {
            deliverOnce();
        } catch (Throwable bug) {
            onBug.accept(bug);
        }
    }

    private void deliverOnce() {
        if (cancelled || !delivered.compareAndSet(false, true)) {
            return;
        }
        subscriber.onNext(bytes);
        if (!cancelled) {
            subscriber.onComplete();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
