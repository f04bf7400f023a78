package dev.respite.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;

/** The subscription to a body that is in memory: all of it is delivered at the first request. */
final class Replay implements Subscription {

    /** A subscription to a body that has ended already. */
    static final Subscription NOTHING = new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final Subscriber<? super List<ByteBuffer>> subscriber;
    private final List<ByteBuffer> bytes;
    private final AtomicBoolean delivered = new AtomicBoolean();
    private volatile boolean cancelled;

    Replay(Subscriber<? super List<ByteBuffer>> subscriber, List<ByteBuffer> bytes) {
        this.subscriber = subscriber;
        this.bytes = List.copyOf(bytes);
    }

    @Override
    public void request(long n) {
        if (cancelled || !delivered.compareAndSet(false, true)) {
            return;
        }
        if (n <= 0) {
            subscriber.onError(new IllegalArgumentException("request(" + n + "): request at least one item"));
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
