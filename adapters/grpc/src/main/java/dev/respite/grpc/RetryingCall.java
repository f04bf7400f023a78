package dev.respite.grpc;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A unary call that is retried. Its first attempt begins when its request is complete. */
final class RetryingCall<Q, R> extends ClientCall<Q, R> implements Context.CancellationListener {

    private final Attempts<Q, R> attempts;
    private final Executor executor;

    /** The end of this call, by its attempts or by its caller. */
    private final CompletableFuture<@Nullable R> end = new CompletableFuture<>();

    private Metadata headers = new Metadata();
    private @Nullable Q message;
    private boolean isCompressed = true;
    private boolean isHalfClosed;

    private volatile @Nullable Delivery<R> delivery;

    /** The call of the retry; null before the request is complete. */
    private volatile @Nullable CompletableFuture<@Nullable R> running;

    /**
     * Creates a call.
     *
     * @param executor runs the callbacks of the caller, unless a callback of an attempt runs them
     */
    RetryingCall(Attempts<Q, R> attempts, Executor executor) {
        this.attempts = attempts;
        this.executor = attempts.context.fixedContextExecutor(executor);
    }

    @Override
    public void start(Listener<R> listener, Metadata sent) {
        require(delivery == null && !end.isDone(), "the call has been started or cancelled before");
        headers = sent;
        delivery = new Delivery<>(listener, executor);
        CompletableFuture<?> unused = end.whenComplete(this::ended);
        attempts.context.addListener(this, Runnable::run);
    }

    @Override
    public void request(int messages) {
        if (messages > 0) {
            started().requested();
        }
    }

    @Override
    public boolean isReady() {
        return delivery != null && !isHalfClosed;
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        isCompressed = enabled;
    }

    @Override
    public void sendMessage(Q sent) {
        require(started() != null && message == null, "a unary call has one message");
        message = sent;
    }

    @Override
    public void halfClose() {
        require(message != null && !isHalfClosed, "a unary call is half-closed once, after its message");
        isHalfClosed = true;
        if (end.isDone()) {
            return;
        }
        CompletableFuture<@Nullable R> begun =
                attempts.begin(new Attempts.Request<>(headers, Objects.requireNonNull(message), isCompressed));
        running = begun;
        CompletableFuture<?> unused = begun.whenComplete((value, failure) -> {
            boolean unusedFirst = failure == null ? end.complete(value) : end.completeExceptionally(failure);
        });
        if (end.isDone()) {
            begun.cancel(true);
        }
    }

    private Delivery<R> started() {
        require(delivery != null, "the call has not been started");
        return Objects.requireNonNull(delivery);
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalStateException(rule);
        }
    }

    @Override
    public void cancel(@Nullable String reason, @Nullable Throwable cause) {
        endWith(Status.CANCELLED
                .withDescription(reason == null ? "Call cancelled without message" : reason)
                .withCause(cause));
    }

    /** The context of the caller is cancelled. By its deadline the channel ends the attempt, and no delay reaches that. */
    @Override
    public void cancelled(Context context) {
        if (!attempts.areLate() || !(context.cancellationCause() instanceof TimeoutException)) {
            endWith(Contexts.statusFromCancelled(context));
        }
    }

    private void endWith(Status status) {
        StatusRuntimeException failure = status.asRuntimeException();
        boolean isEnd = end.completeExceptionally(failure);
        CompletableFuture<@Nullable R> begun = running;
        Delivery<R> started = delivery;
        if (isEnd && begun != null) {
            begun.completeExceptionally(failure);
        } else if (!isEnd && started != null) {
            started.cancelled(status);
        }
    }

    private void ended(@Nullable R value, @Nullable Throwable failure) {
        attempts.context.removeListener(this);
        UnaryAttempt<Q, R> last = attempts.newest;
        Delivery.Response<R> response = last != null && (failure == null || last.failure == failure)
                ? last.response(value)
                : Delivery.Response.of(Status.fromThrowable(Objects.requireNonNull(failure)));
        started().deliver(response, last != null && last.isClosingHere());
    }

    @Override
    public Attributes getAttributes() {
        UnaryAttempt<Q, R> last = attempts.newest;
        return last == null ? Attributes.EMPTY : last.call.getAttributes();
    }
}
