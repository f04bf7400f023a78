package dev.respite.http;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response that may be retried: its exchange is complete when the headers have arrived, and no byte is requested
 * until the call has decided. Then it is either read by the caller's subscriber, or buffered, so that its connection returns
 * to the pool before the delay.
 *
 * <p>A body that is longer than {@link #MAX_BUFFERED} bytes, or has not arrived {@link #MAX_NANOS} after the decision, is cut
 * together with its connection or stream. If the call ends in the delay after all, a buffered body is replayed to the caller's
 * subscriber; of one that was cut the subscriber receives the reason.
 */
final class DeferredBody implements BodySubscriber<DeferredBody> {

    /** A longer body costs more than a new connection. */
    static final long MAX_BUFFERED = 64 * 1024;

    /** The time in which a body must be buffered, in nanoseconds after the decision. */
    static final long MAX_NANOS = 100_000_000L;

    private final Executor executor;
    private final CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Subscriber<? super List<ByteBuffer>> reader = new Buffer();
    private volatile @Nullable IOException cut;

    /**
     * A body that has not begun to arrive.
     *
     * @param executor where a buffered body is delivered that its reader requests late
     */
    DeferredBody(Executor executor) {
        this.executor = executor;
    }

    @Override
    public CompletionStage<DeferredBody> getBody() {
        return subscribed.thenApply(subscription -> this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (!subscribed.complete(subscription)) {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        if (!ended.isDone()) {
            reader.onNext(bytes);
        }
    }

    @Override
    public void onError(Throwable error) {
        end(error);
    }

    @Override
    public void onComplete() {
        ended.complete(null);
    }

    /**
     * Lets the caller's subscriber read the body, from the wire or from the buffer. Called at most once; a body that is being
     * buffered must have been released, so that the subscriber is called on this thread.
     */
    void readBy(Subscriber<? super List<ByteBuffer>> subscriber) {
        if (reader instanceof Buffer buffer && buffer.begun) {
            new Replay(subscriber, buffer.bytes, executor, subscriber::onError).deliver(lost().orElse(null));
            return;
        }
        reader = subscriber;
        subscriber.onSubscribe(subscribed.join());
        CompletableFuture<Void> unused = ended.whenComplete((nothing, error) -> finish(subscriber, error));
    }

    /** As the JDK's client, whose dependents would not receive what a subscriber throws. */
    private static void finish(Subscriber<?> subscriber, @Nullable Throwable error) {
        if (error != null) {
            subscriber.onError(error);
            return;
        }
        try {
            subscriber.onComplete();
        } catch (Throwable bug) {
            subscriber.onError(bug);
        }
    }

    /**
     * Buffers the body. Called at most once, and before {@link #readBy}.
     *
     * @param length its length where the response declares it, else negative
     */
    void buffer(long length, TimeSource time) {
        Buffer buffer = (Buffer) reader;
        buffer.begun = true;
        if (length > MAX_BUFFERED) {
            cut("it is longer than " + MAX_BUFFERED + " bytes");
            return;
        }
        subscribed.join().request(Long.MAX_VALUE);
        if (!ended.isDone()) {
            Future<?> limit = time.schedule(
                    () -> time.executor().execute(() -> cut("it did not arrive within 100 ms")), MAX_NANOS);
            CompletableFuture<Void> unused = ended.whenComplete((nothing, error) -> limit.cancel(false));
        }
    }

    /** Why the body was lost before a delay, if it was; then no subscriber has received any of it. */
    Optional<IOException> lost() {
        if (!(reader instanceof Buffer) || !ended.isCompletedExceptionally()) {
            return Optional.empty();
        }
        Throwable reason = ended.handle((nothing, error) -> error).join();
        return Optional.of(reason instanceof IOException io ? io : new IOException(reason));
    }

    /** Returns whether the connection or stream has been given back. */
    boolean isReleased() {
        return ended.isDone();
    }

    /** Waits until the connection or stream has been given back; the body is cut when the time is up. */
    void awaitReleased(long nanos) throws InterruptedException {
        try {
            ended.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException broken) {
            // Released too.
        } catch (TimeoutException slow) {
            cut("it did not arrive in time");
        } catch (InterruptedException interrupted) {
            cut("the call was interrupted");
            throw interrupted;
        }
    }

    /** Runs a task when the connection or stream has been given back. */
    void whenReleased(Runnable next) {
        CompletableFuture<Void> unused = ended.whenComplete((nothing, error) -> next.run());
    }

    /** Gives up the body, with its connection or stream. */
    void cut(String why) {
        if (ended.isDone()) {
            return;
        }
        // Not a regular end: a subscriber would use an incomplete body as a whole one.
        cut = new IOException("the body of this response was given up: " + why);
        try {
            subscribed.join().cancel();
        } finally {
            end(cut);
        }
    }

    /** Gives up a body that may not have begun to arrive. */
    void abandon() {
        CompletableFuture<Void> unused = subscribed.thenAccept(subscription -> cut("its attempt has ended"));
    }

    private void end(Throwable error) {
        IOException reason = cut;
        ended.completeExceptionally(reason == null ? error : reason);
    }

    /** Collects the body while a call is about to be retried. */
    private final class Buffer implements Subscriber<List<ByteBuffer>> {

        private final List<ByteBuffer> bytes = new ArrayList<>();
        private long size;
        private volatile boolean begun;

        @Override
        public void onSubscribe(Subscription subscription) {}

        @Override
        public void onNext(List<ByteBuffer> more) {
            if (ended.isDone()) {
                return;
            }
            for (ByteBuffer buffer : more) {
                size += buffer.remaining();
            }
            if (size > MAX_BUFFERED) {
                cut("it is longer than " + MAX_BUFFERED + " bytes");
            } else {
                bytes.addAll(more);
            }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
