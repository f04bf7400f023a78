package dev.respite.grpc;

import dev.respite.grpc.UnaryAttempt.Response;
import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that is retried. Its first attempt begins when its request is complete. Its caller receives one response, as a whole:
 * header fields, message and status.
 */
final class RetryingCall<Q, R> extends ClientCall<Q, R> implements Context.CancellationListener {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.grpc");

    private final Attempts<Q, R> attempts;

    /** Runs the callbacks of the caller, unless a callback of an attempt runs them. A blocking stub waits for its tasks. */
    private final Executor executor;

    /** The end of this call, by its attempts or by its caller. */
    private final CompletableFuture<Response<R>> end = new CompletableFuture<>();

    /** Completed with null when the caller requests the message, or with another response if the caller cancels before. */
    private final CompletableFuture<@Nullable Response<R>> requested = new CompletableFuture<>();

    private volatile @Nullable Listener<R> listener;
    private boolean isHalfClosed;

    RetryingCall(Attempts<Q, R> attempts, Executor executor) {
        this.attempts = attempts;
        this.executor = attempts.context.fixedContextExecutor(executor);
    }

    @Override
    public void start(Listener<R> caller, Metadata sent) {
        require(listener == null && !end.isDone(), "the call has been started or cancelled before");
        attempts.headers = sent;
        listener = caller;
        CompletableFuture<?> unused = end.thenAccept(this::ended);
        attempts.context.addListener(this, Runnable::run);
    }

    @Override
    public void request(int messages) {
        Listener<R> unused = started();
        if (messages > 0) {
            requested.complete(null);
        }
    }

    @Override
    public boolean isReady() {
        return listener != null && !isHalfClosed;
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        attempts.isCompressed = enabled;
    }

    @Override
    public void sendMessage(Q sent) {
        require(started() != null && attempts.message == null, "a unary call has one message");
        attempts.message = sent;
    }

    @Override
    public void halfClose() {
        require(attempts.message != null && !isHalfClosed, "a unary call is half-closed once, after its message");
        isHalfClosed = true;
        if (!end.isDone()) {
            CompletableFuture<@Nullable R> running = attempts.begin();
            CompletableFuture<?> unused =
                    running.whenComplete((value, failure) -> end.complete(attempts.response(failure)));
            CompletableFuture<?> unusedCancellation = end.thenRun(() -> running.cancel(true));
        }
    }

    private Listener<R> started() {
        require(listener != null, "the call has not been started");
        return Objects.requireNonNull(listener);
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

    /** The context of the caller is cancelled. By its deadline the channel ends the attempt, and the engine the call. */
    @Override
    public void cancelled(Context context) {
        if (context.getDeadline() == null || !(context.cancellationCause() instanceof TimeoutException)) {
            endWith(Contexts.statusFromCancelled(context));
        }
    }

    private void endWith(Status status) {
        Response<R> response = Response.of(status);
        if (!end.complete(response)) {
            requested.complete(response);
        }
    }

    @Override
    public Attributes getAttributes() {
        UnaryAttempt<Q, R> last = attempts.newest;
        return last == null ? Attributes.EMPTY : last.call.getAttributes();
    }

    private void ended(Response<R> response) {
        attempts.context.removeListener(this);
        UnaryAttempt<Q, R> last = attempts.newest;
        boolean mayRunHere = last != null && last.isClosingHere();
        execute(mayRunHere, () -> {
            if (response.headers() != null) {
                started().onHeaders(response.headers());
            }
            if (response.message() == null) {
                finish(response);
            } else {
                boolean isRequested = requested.isDone();
                CompletableFuture<?> unused = requested.thenAccept(
                        instead -> execute(isRequested, () -> finish(instead == null ? response : instead)));
            }
        });
    }

    private void finish(Response<R> response) {
        if (response.message() != null) {
            started().onMessage(response.message());
        }
        close(response.status(), response.trailers());
    }

    /** Runs callbacks. One that throws ends the call. */
    private void execute(boolean mayRunHere, Runnable callbacks) {
        Runnable task = () -> {
            try {
                callbacks.run();
            } catch (Throwable bug) {
                close(Status.CANCELLED.withCause(bug).withDescription("the listener has failed"), new Metadata());
            }
        };
        Executor runner = mayRunHere ? Runnable::run : executor;
        try {
            runner.execute(task);
        } catch (RejectedExecutionException ended) {
            task.run();
        }
    }

    private void close(Status status, Metadata trailers) {
        try {
            started().onClose(status, trailers);
        } catch (RuntimeException bug) {
            LOGGER.log(System.Logger.Level.WARNING, "the listener of a call has failed in onClose", bug);
        }
    }
}
