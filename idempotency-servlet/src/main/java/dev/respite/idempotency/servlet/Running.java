package dev.respite.idempotency.servlet;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.StoredResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be answered on another thread: from its claim, through the dispatches in which it is worked on, to its
 * reply.
 *
 * <p>It is worked on by one thread at a time, as the container sees to; it may be ended by any. The container may give it up
 * before: after that its objects serve others, and are not touched.
 */
final class Running {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final HttpServletResponse response;
    private final BufferedResponse buffered;
    private final CompletableFuture<StoredResponse> ended = new CompletableFuture<>();
    private final AtomicBoolean isOpen = new AtomicBoolean(true);
    private volatile CompletableFuture<?> told = new CompletableFuture<>();

    /** Begun by the dispatch that is under way, or by the last one. */
    private volatile @Nullable AsyncContext async;

    Running(HttpServletResponse response) {
        this.response = response;
        this.buffered = new BufferedResponse(response, this::start);
    }

    /** What is behind the filter. */
    @FunctionalInterface
    interface Dispatch {
        void run() throws IOException, ServletException;
    }

    BufferedResponse buffered() {
        return buffered;
    }

    /** Replies once there is something to tell: now, or when it has been ended and recorded. */
    void begin(CompletableFuture<StoredResponse> reply) throws IOException, ServletException {
        told = reply.whenComplete(this::tell);
        rethrow();
    }

    /** Works on it first, as its claim has been made. */
    CompletionStage<StoredResponse> run(Dispatch dispatch) {
        try {
            dispatch.run();
            if (async == null) {
                end();
            }
        } catch (Throwable failure) {
            async = null;
            ended.completeExceptionally(failure);
        }
        return ended;
    }

    /** Works on it again: it has been dispatched. */
    void goOn(Dispatch dispatch) throws IOException, ServletException {
        async = null;
        var unused = run(dispatch);
        rethrow();
    }

    /** What a dispatch has thrown goes the way that it would have gone without us. */
    private void rethrow() throws IOException, ServletException {
        if (async == null && told.isCompletedExceptionally()) {
            try {
                told.join();
            } catch (RuntimeException failure) {
                throw Failures.thrown(failure);
            }
        }
    }

    void isAsync(AsyncContext begun) {
        async = begun;
    }

    private void start(Runnable task) {
        AsyncContext begun = async;
        if (begun == null) {
            throw new IllegalStateException("only an asynchronous request is written without blocking");
        }
        begun.start(task);
    }

    /** What is to be told is what has been written. */
    void end() {
        try {
            ended.complete(buffered.response());
        } catch (IOException broken) {
            ended.completeExceptionally(broken);
        }
    }

    /** In case that nobody sees to it after the dispatch: no success is told then that was not recorded. */
    void isDispatched() {
        if (isOpen.get()) {
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        }
    }

    /** The container is done with it, by itself or because we have told it so. */
    void isOver() {
        if (isOpen.getAndSet(false) && !ended.isDone()) {
            LOGGER.log(
                    WARNING,
                    "an asynchronous request with an idempotency key has been given up by the container, in time or"
                            + " because the filter is not mapped to ASYNC dispatches; its outcome is not known yet");
        }
    }

    private void tell(@Nullable StoredResponse reply, @Nullable Throwable failure) {
        AsyncContext toComplete = async;
        if ((failure != null && toComplete == null) || !isOpen.compareAndSet(true, false)) {
            return;
        }
        try {
            if (failure == null) {
                Replying.send(response, Objects.requireNonNull(reply));
            } else {
                response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
        } catch (IOException gone) {
            // The client has gone. It is recorded, and told to whoever asks again.
        } finally {
            if (toComplete != null) {
                toComplete.complete();
            }
        }
    }
}
