package dev.respite.apache5;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** The connection of an asynchronous attempt, and the body that it sends. It ends once: by its last byte, by a failure, or cut. */
final class Exchange {

    private final AsyncExecRuntime connection;
    private final @Nullable RequestBody body;
    private final ComplexCancellable dependency = new ComplexCancellable();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<@Nullable Exception> released = new CompletableFuture<>();

    Exchange(AsyncExecRuntime connection, @Nullable RequestBody body) {
        this.connection = connection;
        this.body = body;
    }

    AsyncExecChain.Scope scope(AsyncExecChain.Scope of, HttpRequest original) {
        return new AsyncExecChain.Scope(
                of.exchangeId,
                of.route,
                original,
                dependency,
                of.clientContext,
                connection,
                of.scheduler,
                of.execCount);
    }

    /** Completed with the failure, if there is one, when neither the connection nor the body is used any more. */
    CompletableFuture<@Nullable Exception> released() {
        return released;
    }

    boolean isOver() {
        return over.get();
    }

    boolean isReplayable() {
        return body == null || body.isRepeatable() || !body.hasBegun();
    }

    /** Ends it as the client does. */
    boolean cancel() {
        return dependency.cancel();
    }

    /** The last byte has come. */
    void complete() {
        if (over.compareAndSet(false, true)) {
            connection.releaseEndpoint();
            end(null);
        }
    }

    /** It has failed; one that was cut may have got its connection afterwards. */
    void fail(Exception cause) {
        connection.discardEndpoint();
        if (over.compareAndSet(false, true)) {
            end(cause);
        }
    }

    void cut(Exception cause) {
        if (over.compareAndSet(false, true)) {
            dependency.cancel();
            connection.discardEndpoint();
            end(cause);
        }
    }

    private void end(@Nullable Exception cause) {
        if (body != null) {
            body.close();
        }
        released.complete(cause);
    }
}
