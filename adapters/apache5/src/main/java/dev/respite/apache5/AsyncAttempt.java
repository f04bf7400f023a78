package dev.respite.apache5;

import dev.respite.http.exchange.ExchangeAttempt;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an asynchronous call, and its response. The caller gets the last response when its head has arrived. The body of
 * another one is kept if it is short and arrives soon.
 */
final class AsyncAttempt implements AsyncExecCallback, AutoCloseable {

    private final AsyncCall call;
    private final ExchangeAttempt attempt;
    private final Exchange exchange;
    private final BiConsumer<? super AsyncAttempt, ? super @Nullable Throwable> done;
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.OPEN);
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile @Nullable HttpResponse head;
    private @Nullable EntityDetails details;
    private @Nullable AsyncDataConsumer target;
    private @Nullable KeptBody kept;

    /** The fate of the response. */
    private enum Fate {
        OPEN,
        DELIVERED,
        KEPT
    }

    AsyncAttempt(
            AsyncCall call,
            ExchangeAttempt attempt,
            Exchange exchange,
            BiConsumer<? super AsyncAttempt, ? super @Nullable Throwable> done) {
        this.call = call;
        this.attempt = attempt;
        this.exchange = exchange;
        this.done = done;
    }

    HttpResponse head() {
        return Objects.requireNonNull(head, "the head has arrived");
    }

    boolean isReplayable() {
        return fate.get() != Fate.DELIVERED && exchange.isReplayable();
    }

    CompletableFuture<@Nullable Exception> released() {
        return exchange.released();
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
        if (!exchange.isOver()) {
            call.caller().handleInformationResponse(response);
        }
    }

    @Override
    public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity) {
        if (exchange.isOver()) {
            return null;
        }
        details = entity;
        head = response;
        boolean isLast = !attempt.wouldRetry(response.getCode(), name -> ApacheTransport.values(response, name));
        if (isLast && attempt.tryEndLimit()) {
            deliver();
        }
        done.accept(this, null);
        awaitDecision();
        if (fate.get() == Fate.DELIVERED) {
            return target;
        }
        kept = entity == null ? null : new KeptBody(this::close);
        return kept;
    }

    /** Waits for the thread that has started the attempt, if it has not yet registered for its end. */
    private void awaitDecision() {
        try {
            while (!decided.await(ApacheTransport.MAX_READ_NANOS, TimeUnit.NANOSECONDS)) {
                detach();
            }
        } catch (InterruptedException stopped) {
            detach();
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the response to the caller: with a body that was kept, when that is there. */
    void deliver() {
        if (fate.compareAndSet(Fate.OPEN, Fate.DELIVERED)) {
            try {
                target = call.deliver(head(), details);
            } catch (HttpException | IOException | RuntimeException failed) {
                exchange.cut(failed);
            }
            decided.countDown();
            CompletableFuture<?> unused = released().thenAccept(call::end);
        } else if (fate.get() == Fate.KEPT) {
            CompletableFuture<?> unused = released().thenAccept(this::deliverKept);
        }
    }

    private void deliverKept(@Nullable Exception cause) {
        @Nullable Exception failure = cause;
        try {
            AsyncDataConsumer consumer = call.deliver(head(), details);
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
        if (!fate.compareAndSet(Fate.OPEN, Fate.KEPT)) {
            return;
        }
        decided.countDown();
        if (details != null && details.getContentLength() > ApacheTransport.MAX_BODY) {
            close();
        } else if (details != null) {
            Future<?> alarm = call.closeLater(this);
            CompletableFuture<?> unused = released().thenRun(() -> alarm.cancel(false));
        }
    }

    @Override
    public void completed() {
        if (head == null) {
            failed(new ProtocolException("the server requires credentials, but the body cannot be sent again"));
        } else {
            exchange.complete();
        }
    }

    @Override
    public void failed(Exception cause) {
        exchange.fail(cause);
        if (head == null) {
            done.accept(null, cause);
        }
    }

    /** Ends the exchange before its response, which decides about itself. */
    void cancel() {
        if (head == null) {
            close();
        }
    }

    /** Ends the exchange, unless the caller has its response. */
    @Override
    public void close() {
        decided.countDown();
        if (fate.get() != Fate.DELIVERED) {
            exchange.cut(new IOException(ApacheTransport.RELEASED));
        }
    }

    /** Ends the exchange of a response that the caller has got, as the client does. */
    boolean cancelDelivery() {
        return fate.get() == Fate.DELIVERED && exchange.cancel();
    }
}
