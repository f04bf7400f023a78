package dev.respite.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of an answer that nobody has decided about yet: its exchange is complete when the headers are there, and not
 * a byte is asked for. Then it is either read by the caller's subscriber, if the answer turns out to be the last, or
 * drained, so that its connection returns to the pool.
 */
final class HeldBody implements BodySubscriber<HeldBody> {

    private final CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
    private final CompletableFuture<HeldBody> held = subscribed.thenApply(subscription -> this);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Subscriber<? super List<ByteBuffer>> reader = new Drain(0);

    @Override
    public CompletionStage<HeldBody> getBody() {
        return held;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (!subscribed.complete(subscription)) {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        reader.onNext(bytes);
    }

    @Override
    public void onError(Throwable error) {
        ended.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        ended.complete(null);
    }

    /** Lets the subscriber read. At most one of this and {@link #drain} is called, once. */
    void readBy(Subscriber<? super List<ByteBuffer>> subscriber) {
        reader = subscriber;
        subscriber.onSubscribe(subscribed.join());
        // Ended already or not: whoever comes second tells the subscriber.
        CompletableFuture<Void> unused = ended.whenComplete((nothing, error) -> {
            if (error == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(error);
            }
        });
    }

    /** Begins to read the body to nowhere; a longer one than the limit is given up with its connection. */
    void drain(long limit) {
        readBy(new Drain(limit));
    }

    /** Waits for the drain; what is not drained by then is given up with its connection. */
    void awaitDrained(long nanos) throws InterruptedException {
        try {
            ended.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException broken) {
            // The connection is gone with it.
        } catch (TimeoutException slow) {
            cancel();
        } catch (InterruptedException interrupted) {
            cancel();
            throw interrupted;
        }
    }

    /**
     * Goes on elsewhere when the body is drained; what is not drained by then is given up with its connection.
     *
     * @param time one that refuses nothing: else nobody would go on
     */
    void whenDrained(long nanos, SafeTime time, Runnable next) {
        Future<?> limit = time.schedule(() -> time.executor().execute(this::cancel), nanos);
        CompletableFuture<Void> unused = ended.whenComplete((nothing, error) -> {
            limit.cancel(false);
            time.executor().execute(next);
        });
    }

    /** Gives the body up, with its connection. */
    void cancel() {
        subscribed.join().cancel();
        // Not a regular end: a reader would take what he has for the whole.
        ended.completeExceptionally(new IOException("the body was given up before its end"));
    }

    private final class Drain implements Subscriber<List<ByteBuffer>> {
        private long left;

        Drain(long limit) {
            this.left = limit;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            left -= bytes.stream().mapToLong(ByteBuffer::remaining).sum();
            if (left < 0) {
                cancel();
            } else {
                subscribed.join().request(1);
            }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
