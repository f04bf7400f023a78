package dev.respite.apache5;

import dev.respite.http.exchange.ExchangeAttempt;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an asynchronous call, and its response. It ends once: by its last byte, by a failure, or cut. The caller gets the
 * last response when its head has arrived, or when its body is buffered. The body of a response that is retried is kept if it is
 * short and arrives soon.
 */
final class AsyncAttempt implements AsyncExecCallback, AutoCloseable {

    /** A thread of the client goes on after this time in any case. */
    private static final int MAX_DECISION_SECONDS = 10;

    private final AsyncCall call;
    private final ExchangeAttempt attempt;
    private final AsyncExecRuntime connection;
    private final @Nullable RequestBody body;
    private final BiConsumer<? super AsyncAttempt, ? super @Nullable Throwable> done;
    private final AtomicBoolean over = new AtomicBoolean();
    final ComplexCancellable dependency = new ComplexCancellable();

    /** Completed with the failure, if there is one, when neither the connection nor the body is used any more. */
    final CompletableFuture<@Nullable Exception> released = new CompletableFuture<>();

    /** True if the caller gets the response at its head, false if the response is kept or closed. */
    private final CompletableFuture<Boolean> delivered = new CompletableFuture<>();

    private volatile @Nullable HttpResponse head;

    /** True while the body is read inside the attempt. */
    private volatile boolean buffers;

    private @Nullable EntityDetails details;
    private @Nullable KeptBody kept;

    AsyncAttempt(
            AsyncCall call,
            ExchangeAttempt attempt,
            AsyncExecRuntime connection,
            @Nullable RequestBody body,
            BiConsumer<? super AsyncAttempt, ? super @Nullable Throwable> done) {
        this.call = call;
        this.attempt = attempt;
        this.connection = connection;
        this.body = body;
        this.done = done;
    }

    HttpResponse head() {
        return Objects.requireNonNull(head, "the head has arrived");
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
        if (!over.get()) {
            call.caller.handleInformationResponse(response);
        }
    }

    /** Waits for the decision of the call, if the thread that has started the attempt has not yet registered for its end. */
    @Override
    public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity) {
        if (over.get()) {
            return null;
        }
        details = entity;
        buffers = entity != null
                && attempt.mayBuffer(
                        response.getCode(),
                        name -> ApacheTransport.values(response, name),
                        entity.getContentLength(),
                        call.maxBuffered());
        head = response;
        if (buffers) {
            kept = new KeptBody(call.maxBuffered(), this::passOn);
            return kept;
        }
        if (isDelivered()) {
            return deliverHead();
        }
        return entity == null ? null : keep(entity);
    }

    /** Gives the caller a response whose body is too long to be buffered. */
    private @Nullable AsyncDataConsumer passOn() {
        buffers = false;
        if (isDelivered()) {
            return deliverHead();
        }
        close();
        return null;
    }

    /** The head has arrived, and all that was to be read of the body. Returns whether the caller gets the response now. */
    private boolean isDelivered() {
        done.accept(this, null);
        return delivered
                .completeOnTimeout(false, MAX_DECISION_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private @Nullable AsyncDataConsumer deliverHead() {
        @Nullable AsyncDataConsumer target = null;
        try {
            target = call.caller.handleResponse(head(), details);
        } catch (HttpException | IOException | RuntimeException failed) {
            cut(failed);
        }
        CompletableFuture<?> unused = released.thenAccept(call::end);
        return target;
    }

    private KeptBody keep(EntityDetails entity) {
        if (entity.getContentLength() > ApacheTransport.MAX_BODY) {
            close();
        } else {
            Future<?> alarm = call.closeLater(this);
            CompletableFuture<?> unused = released.thenRun(() -> alarm.cancel(false));
        }
        kept = new KeptBody(ApacheTransport.MAX_BODY, () -> {
            close();
            return null;
        });
        return kept;
    }

    /** Gives the response to the caller: with a body that is kept, when that is there. */
    void deliver() {
        if (!delivered.complete(true) && !delivered.join()) {
            CompletableFuture<?> unused = released.thenAccept(this::deliverKept);
        }
    }

    private void deliverKept(@Nullable Exception cause) {
        @Nullable Exception failure = cause;
        try {
            AsyncDataConsumer consumer = call.caller.handleResponse(head(), details);
            if (cause == null && consumer != null && kept != null) {
                kept.replay(consumer);
            }
        } catch (HttpException | IOException | RuntimeException failed) {
            failure = failed;
        }
        call.end(failure);
    }

    /** Keeps the response before a delay, with a body that is short and arrives soon. */
    void detach() {
        delivered.complete(false);
    }

    @Override
    public void completed() {
        if (head == null) {
            failed(new ProtocolException("the server requires credentials, but the body cannot be sent again"));
        } else if (over.compareAndSet(false, true)) {
            connection.releaseEndpoint();
            if (buffers) {
                delivered.complete(false);
            }
            release(null);
            if (buffers) {
                done.accept(this, null);
            }
        }
    }

    /** An attempt that was cut may have got its connection afterwards. */
    @Override
    public void failed(Exception cause) {
        connection.discardEndpoint();
        if (over.compareAndSet(false, true)) {
            release(cause);
        }
        if (head == null || buffers) {
            done.accept(null, cause);
        }
    }

    private void cut(Exception cause) {
        if (over.compareAndSet(false, true)) {
            dependency.cancel();
            connection.discardEndpoint();
            release(cause);
        }
    }

    private void release(@Nullable Exception cause) {
        if (body != null) {
            body.close();
        }
        released.complete(cause);
    }

    /** Ends the exchange before its response is there, which decides about itself. */
    void cancel() {
        if (head == null || buffers) {
            close();
        }
    }

    /** Ends the exchange, unless the caller has its response. */
    @Override
    public void close() {
        delivered.complete(false);
        if (!delivered.join()) {
            cut(new IOException(ApacheTransport.RELEASED));
        }
    }

    /** Ends the exchange of a response that the caller has got, as the client does. */
    boolean cancelDelivery() {
        return delivered.getNow(false) && dependency.cancel();
    }
}
