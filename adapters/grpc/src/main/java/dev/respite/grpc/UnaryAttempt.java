package dev.respite.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One attempt, by a call of the channel. The result is its message, or a failure if its status is not OK. */
final class UnaryAttempt<Q, R> extends ClientCall.Listener<R> {

    final CompletableFuture<@Nullable R> result = new CompletableFuture<>();
    final ClientCall<Q, R> call;

    private volatile @Nullable Metadata headers;
    private volatile @Nullable R message;
    private volatile @Nullable Thread closing;

    /** Set before the result by which the channel ends the attempt, as is its failure. */
    volatile @Nullable Response<R> response;

    volatile @Nullable Throwable failure;

    /** True if certainly nothing was sent: the channel has made a tracer, and no stream on a connection. */
    volatile boolean isUnsent;

    /** The response that a caller receives. */
    record Response<R>(@Nullable Metadata headers, @Nullable R message, Status status, Metadata trailers) {
        static <R> Response<R> of(Status status) {
            return new Response<>(null, null, status, new Metadata());
        }
    }

    UnaryAttempt(Function<CallOptions, ClientCall<Q, R>> channel, CallOptions options) {
        this.call = channel.apply(options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata sent) {
                isUnsent = true;
                return new ClientStreamTracer() {
                    @Override
                    public void streamCreated(Attributes transport, Metadata mutable) {
                        isUnsent = false;
                    }
                };
            }
        }));
    }

    /** Sends the request. To cancel the result ends the call. */
    void start(Metadata sent, Q request, boolean isCompressed) {
        CompletableFuture<?> unused = result.whenComplete((value, failed) -> {
            if (result.isCancelled()) {
                call.cancel("the call of this attempt has ended", null);
            }
        });
        try {
            call.start(this, sent);
            // A second message is an error, which a request of one would not find.
            call.request(2);
            call.setMessageCompression(isCompressed);
            call.sendMessage(request);
            call.halfClose();
        } catch (Throwable failed) {
            call.cancel("the attempt has not begun", failed);
            throw failed;
        }
    }

    /** Returns whether this thread runs the last callback of the attempt, so that callbacks may run on it. */
    boolean isClosingHere() {
        return closing == Thread.currentThread();
    }

    @Override
    public void onHeaders(Metadata received) {
        headers = received;
    }

    @Override
    public void onMessage(R received) {
        if (message != null) {
            throw Status.INTERNAL
                    .withDescription("a unary call has one response")
                    .asRuntimeException();
        }
        message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        closing = Thread.currentThread();
        response = new Response<>(headers, status.isOk() ? message : null, status, trailers);
        if (status.isOk()) {
            result.complete(message);
        } else {
            failure = status.asRuntimeException(trailers);
            result.completeExceptionally(failure);
        }
        closing = null;
    }
}
