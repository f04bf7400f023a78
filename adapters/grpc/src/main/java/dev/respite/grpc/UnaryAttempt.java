package dev.respite.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes one attempt by a call of the channel, and keeps its response. It fails with a {@link StatusRuntimeException} unless its
 * status is OK.
 */
final class UnaryAttempt<Q, R> extends CompletableFuture<@Nullable R> {

    private final Watch watch = new Watch();
    final ClientCall<Q, R> call;

    private volatile @Nullable Metadata headers;
    private volatile @Nullable R message;
    private volatile Status status = Status.UNKNOWN;
    private volatile Metadata trailers = new Metadata();
    private volatile @Nullable Thread closing;

    /** The failure with which the channel has ended the attempt; null if it has not. */
    volatile @Nullable StatusRuntimeException failure;

    UnaryAttempt(Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        this.call = channel.newCall(method, options.withStreamTracerFactory(watch));
    }

    void start(Metadata sent, Attempts.Request<Q> request) {
        try {
            call.start(new Received(), sent);
            // A second message is an error, which a request of one would not find.
            call.request(2);
            call.setMessageCompression(request.isCompressed());
            call.sendMessage(request.message());
            call.halfClose();
        } catch (Throwable failed) {
            call.cancel("the attempt has not begun", failed);
            throw failed;
        }
    }

    /** Returns the response, with this message. */
    Delivery.Response<R> response(@Nullable R value) {
        return new Delivery.Response<>(headers, value, status, trailers);
    }

    /**
     * Returns whether certainly nothing was sent: the channel has made no stream on a connection.
     *
     * @param isConnect whether the failure states this, which decides for a channel that makes no tracers
     */
    boolean isUnsent(boolean isConnect) {
        return watch.isWatching ? !watch.isSent : isConnect;
    }

    /** Returns whether this thread runs the last callback of the attempt, so that callbacks may run on it. */
    boolean isClosingHere() {
        return closing == Thread.currentThread();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            call.cancel("the call of this attempt has ended", null);
        }
        return cancelled;
    }

    private final class Received extends ClientCall.Listener<R> {

        @Override
        public void onHeaders(Metadata received) {
            headers = received;
        }

        @Override
        public void onMessage(R received) {
            if (message != null) {
                throw Status.INTERNAL
                        .withDescription("More than one responses received for unary call")
                        .asRuntimeException();
            }
            message = received;
        }

        @Override
        public void onClose(Status closed, Metadata received) {
            status = closed;
            trailers = received;
            closing = Thread.currentThread();
            if (closed.isOk()) {
                complete(message);
            } else {
                failure = closed.asRuntimeException(received);
                completeExceptionally(failure);
            }
            closing = null;
        }
    }

    /** Observes whether an attempt reaches a connection. The channel makes a tracer before it has one. */
    private static final class Watch extends ClientStreamTracer.Factory {

        private volatile boolean isWatching;
        private volatile boolean isSent;

        @Override
        public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata sent) {
            isWatching = true;
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata mutable) {
                    isSent = true;
                }
            };
        }
    }
}
