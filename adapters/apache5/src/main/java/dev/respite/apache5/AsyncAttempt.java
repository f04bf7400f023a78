package dev.respite.apache5;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** One exchange of an asynchronous call. It ends once: by its last byte, by a failure, or cut. */
final class AsyncAttempt implements AsyncExecCallback {

    private final AsyncExecRuntime connection;
    private final @Nullable RequestBody body;
    private final AsyncExecCallback caller;
    private final BiConsumer<? super Reply, ? super @Nullable Throwable> done;
    private final TimeSource time;
    private final ComplexCancellable dependency = new ComplexCancellable();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private volatile @Nullable Reply reply;

    AsyncAttempt(
            AsyncExecRuntime connection,
            @Nullable AsyncEntityProducer body,
            AsyncExecCallback caller,
            BiConsumer<? super Reply, ? super @Nullable Throwable> done,
            TimeSource time) {
        this.connection = connection;
        this.body = body == null ? null : new RequestBody(body);
        this.caller = caller;
        this.done = done;
        this.time = time;
    }

    AsyncExecRuntime connection() {
        return connection;
    }

    CancellableDependency dependency() {
        return dependency;
    }

    @Nullable
    RequestBody body() {
        return body;
    }

    boolean hasBegunBody() {
        return body != null && body.hasBegun();
    }

    TimeSource time() {
        return time;
    }

    /** Completed when the exchange has ended and uses neither a connection nor the body of the request. */
    CompletableFuture<Void> released() {
        return released;
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
        if (!over.get()) {
            caller.handleInformationResponse(response);
        }
    }

    /** The call decides about a response when its head has arrived. */
    @Override
    public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails details)
            throws HttpException, IOException {
        if (over.get()) {
            throw new ConnectionClosedException("the attempt has ended");
        }
        Reply own = new Reply(this, response, details);
        reply = own;
        done.accept(own, null);
        return own.consumer();
    }

    @Override
    public void completed() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Reply own = reply;
        if (own == null) {
            fail(new ProtocolException("the server requires credentials, and the body cannot be sent again"));
        } else {
            if (body == null || body.hasEnded()) {
                connection.releaseEndpoint();
            } else {
                connection.discardEndpoint();
            }
            end();
            own.end(null);
        }
    }

    @Override
    public void failed(Exception cause) {
        if (over.compareAndSet(false, true)) {
            fail(cause);
        }
    }

    private void fail(Exception cause) {
        connection.discardEndpoint();
        end();
        Reply own = reply;
        if (own == null) {
            done.accept(null, cause);
        } else {
            own.end(cause);
        }
    }

    /** Ends the exchange before its response; what becomes of a response is decided by itself. */
    void cancel() {
        if (reply == null) {
            cut();
        }
    }

    /** Ends the exchange and its connection; returns whether it had not ended. */
    boolean cut() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        dependency.cancel();
        connection.discardEndpoint();
        end();
        return true;
    }

    /** Ends the exchange by the client's own rules when the caller has got its response. */
    boolean cancelDelivery() {
        Reply own = reply;
        return own != null && own.isDelivered() && dependency.cancel();
    }

    private void end() {
        if (body == null) {
            released.complete(null);
        } else {
            CompletableFuture<?> unused = body.close().thenRun(() -> released.complete(null));
        }
    }
}
