package dev.respite.idempotency.servlet;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.StoredResponse;
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
 * A request that may complete on another thread, from its claim through its dispatches to its response.
 *
 * <p>One thread at a time works on it, which the container guarantees; any thread may complete it. The container may abandon
 * it before: its objects then serve other requests and are not used any more.
 */
final class AsyncRequest {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final HttpServletResponse response;
    private final ResponseBody body;
    private final BufferedResponse buffered;
    private final CompletableFuture<StoredResponse> ended = new CompletableFuture<>();
    private final AtomicBoolean isOpen = new AtomicBoolean(true);
    private volatile CompletableFuture<?> sent = new CompletableFuture<>();

    /** The context of the current or last dispatch. */
    private volatile @Nullable AsyncContext async;

    AsyncRequest(HttpServletResponse response, ResponseBody body) {
        this.response = response;
        this.body = body;
        this.buffered = new BufferedResponse(response, body, this::start);
    }

    /** The filter chain behind this filter. */
    @FunctionalInterface
    interface Dispatch {
        void run() throws IOException, ServletException;
    }

    BufferedResponse buffered() {
        return buffered;
    }

    /** Sends the response when it is available: now, or when the request has completed and is recorded. */
    void begin(CompletableFuture<StoredResponse> reply) throws IOException, ServletException {
        sent = reply.whenComplete((now, failure) -> {
            try {
                send(now, failure);
            } finally {
                body.discard();
            }
        });
        rethrow();
    }

    /** Runs the first dispatch, after the key was claimed. */
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

    /** Runs a further dispatch. */
    void resume(Dispatch dispatch) throws IOException, ServletException {
        async = null;
        var unused = run(dispatch);
        rethrow();
    }

    /** Passes an exception of a dispatch on, as it would have been without this filter. */
    private void rethrow() throws IOException, ServletException {
        if (async == null && sent.isCompletedExceptionally()) {
            try {
                sent.join();
            } catch (RuntimeException failure) {
                throw Failures.thrown(failure);
            }
        }
    }

    void onAsyncStarted(AsyncContext begun) {
        async = begun;
    }

    private void start(Runnable task) {
        AsyncContext begun = async;
        if (begun == null) {
            throw new IllegalStateException("a WriteListener needs an asynchronous request: call startAsync first");
        }
        begun.start(task);
    }

    /** Completes the request with the buffered response. */
    void end() {
        try {
            StoredResponse response = buffered.response();
            buffered.end();
            ended.complete(response);
        } catch (IOException broken) {
            ended.completeExceptionally(broken);
        }
    }

    /** Sets the status 500 in case that no code handles the dispatch: no success is sent that was not recorded. */
    void onDispatched() {
        if (isOpen.get()) {
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        }
    }

    /** The container has finished the request, on its own or because it was completed here. */
    void onFinished() {
        if (isOpen.getAndSet(false) && !ended.isDone()) {
            LOGGER.log(
                    WARNING,
                    "the container has abandoned an asynchronous request with an idempotency key, after a timeout or"
                            + " because the filter is not mapped to ASYNC dispatches; its outcome is not known yet");
        }
    }

    private void send(@Nullable StoredResponse reply, @Nullable Throwable failure) {
        AsyncContext toComplete = async;
        if ((failure != null && toComplete == null) || !isOpen.compareAndSet(true, false)) {
            return;
        }
        try {
            if (failure == null) {
                ResponseWriter.send(response, Objects.requireNonNull(reply), body);
            } else {
                response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
        } catch (IOException gone) {
            // The client has disconnected. The response is recorded and will be replayed.
        } finally {
            if (toComplete != null) {
                toComplete.complete();
            }
        }
    }
}
