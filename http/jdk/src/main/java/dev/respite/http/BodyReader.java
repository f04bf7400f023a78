package dev.respite.http;

import dev.respite.cause.CauseChain;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of a response to the caller's subscriber inside an attempt. For a retry it records whether the subscriber has
 * received anything that it must not receive again, and whether it has failed by itself.
 *
 * <p>A subscriber that begins anew for each response, as the JDK's collecting ones do, may receive a body again. For any other
 * a short body is collected first, so that the subscriber receives all of it or nothing.
 *
 * @param <T> what the subscriber makes of the body
 */
final class BodyReader<T extends @Nullable Object> implements BodySubscriber<Body<T>> {

    /** A longer body is passed on as it arrives. */
    static final long MAX_COLLECTED = 64 * 1024;

    /** The JDK's subscribers of bytes and strings, and of nothing: each has a memory of its own and does not fail. */
    private static final Set<Class<?>> IN_MEMORY = Set.of(
            BodySubscribers.ofByteArray().getClass(),
            BodySubscribers.discarding().getClass());

    /** The JDK's subscriber of files, which begins anew. */
    private static final Class<?> OF_FILE =
            BodySubscribers.ofFile(Path.of("probe")).getClass();

    private final Executor executor;
    private final BodySubscriber<T> reader;
    private final ExchangeState state;
    private final boolean restartable;
    private final CompletableFuture<Body<T>> body = new CompletableFuture<>();

    /** The collected bytes; null if the body is passed on as it arrives. */
    private final @Nullable List<ByteBuffer> collected;

    private volatile @Nullable Subscription upstream;

    /** True if the reader was notified of a failure of the exchange before it gave up by itself. */
    private volatile boolean brokenOff;

    private volatile boolean cancelledByReader;
    private boolean listens;

    private BodyReader(
            BodySubscriber<T> reader, ExchangeState state, boolean restartable, boolean collects, Executor executor) {
        this.executor = executor;
        this.reader = reader;
        this.state = state;
        this.restartable = restartable;
        this.collected = collects ? new ArrayList<>() : null;
    }

    /**
     * Returns whether a subscriber needs no watching: it may receive a body again, and cannot fail by itself. The JDK's client
     * completes a response on the thread that reads it if it knows the subscriber; any other costs one or two changes of the
     * thread.
     */
    static boolean isInMemory(BodySubscriber<?> reader) {
        return IN_MEMORY.contains(reader.getClass());
    }

    /**
     * Reads a body.
     *
     * @param reader the caller's subscriber
     * @param executor where a collected body is delivered that its reader requests late
     */
    static <T extends @Nullable Object> BodyReader<T> of(
            BodySubscriber<T> reader, ResponseInfo info, ExchangeState state, Executor executor) {
        boolean anew = reader.getClass() == OF_FILE;
        return new BodyReader<>(reader, state, anew, !anew && isShort(info), executor);
    }

    private static boolean isShort(ResponseInfo info) {
        long length = info.headers().firstValueAsLong("Content-Length").orElse(-1);
        boolean events = info.headers()
                .firstValue("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
        return length >= 0 && length <= MAX_COLLECTED && !events;
    }

    @Override
    public CompletionStage<Body<T>> getBody() {
        if (collected == null) {
            guarded(this::listen);
        }
        return body;
    }

    /** Completes when the caller's subscriber does. A failure of which it was not notified is its own. */
    private void listen() {
        if (listens) {
            return;
        }
        listens = true;
        CompletionStage<T> result = reader.getBody();
        CompletionStage<?> unused = result.whenComplete((value, error) -> {
            if (error == null) {
                body.complete(new Body.Read<>(value));
            } else {
                if (!brokenOff) {
                    state.readerFailed(CauseChain.unwrap(error));
                }
                body.completeExceptionally(error);
            }
        });
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        if (collected != null) {
            subscription.request(Long.MAX_VALUE);
            return;
        }
        guarded(() -> reader.onSubscribe(new Watched(subscription)));
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        if (collected != null) {
            collected.addAll(bytes);
        } else if (state.mayDeliver(restartable)) {
            guarded(() -> reader.onNext(bytes));
        } else {
            cancelUpstream();
        }
    }

    @Override
    public void onError(Throwable error) {
        brokenOff = !cancelledByReader;
        if (collected != null) {
            body.completeExceptionally(error);
            return;
        }
        guarded(() -> reader.onError(error));
    }

    @Override
    public void onComplete() {
        if (collected != null) {
            handOver(collected);
            return;
        }
        guarded(reader::onComplete);
    }

    private void handOver(List<ByteBuffer> bytes) {
        if (state.mayDeliver(restartable)) {
            guarded(() -> {
                listen();
                new Replay(reader, bytes, executor, this::failed).deliver(null);
            });
        }
    }

    /** Runs code of the caller; what that throws ends the attempt. */
    private void guarded(Runnable signal) {
        try {
            signal.run();
        } catch (Throwable bug) {
            failed(bug);
        }
    }

    private void failed(Throwable bug) {
        state.readerFailed(bug);
        body.completeExceptionally(bug);
        cancelUpstream();
    }

    private void cancelUpstream() {
        Subscription subscription = upstream;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    /** The reader's subscription: a failure after the reader has cancelled it is the reader's own. */
    private final class Watched implements Subscription {

        private final Subscription subscription;

        Watched(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void request(long n) {
            subscription.request(n);
        }

        @Override
        public void cancel() {
            cancelledByReader = true;
            subscription.cancel();
        }
    }
}
