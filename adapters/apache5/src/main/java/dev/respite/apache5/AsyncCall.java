package dev.respite.apache5;

import dev.respite.http.exchange.AsyncTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** A call of an asynchronous client. Each attempt has a connection of its own, so that late signals of one cannot reach the next. */
final class AsyncCall implements ApacheTransport<AsyncAttempt>, AsyncTransport<AsyncAttempt>, Cancellable {

    private final @Nullable AsyncEntityProducer body;
    private final AsyncExecChain.Scope scope;
    private final AsyncExecChain chain;
    final AsyncExecCallback caller;
    private final ApacheRetry owner;
    private final TimeSource time;
    private final SentRequest request;
    private final CompletableFuture<AsyncAttempt> result = new CompletableFuture<>();
    private volatile @Nullable AsyncAttempt last;

    AsyncCall(
            HttpRequest request,
            @Nullable AsyncEntityProducer body,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback caller,
            ApacheRetry owner) {
        this.body = body;
        this.scope = scope;
        this.chain = chain;
        this.caller = caller;
        this.owner = owner;
        this.time = owner.retry.time();
        this.request = new SentRequest(request, scope.route.getTargetHost(), body == null || body.isRepeatable());
    }

    void run() {
        scope.cancellableDependency.setDependency(this);
        CompletableFuture<?> unused = result.whenComplete((response, failure) -> {
            if (response != null) {
                response.deliver();
            } else {
                failed(failure instanceof CompletionException wrapper ? wrapper.getCause() : failure);
            }
        });
        if (!result.isDone()) {
            owner.retry.sendAsync(this, result);
        }
    }

    private void failed(@Nullable Throwable failure) {
        Exception cause =
                failure instanceof Exception exception ? exception : new IOException("the call has failed", failure);
        if (body != null) {
            body.failed(cause);
        }
        end(cause);
    }

    void end(@Nullable Exception failure) {
        if (failure == null) {
            caller.completed();
        } else {
            caller.failed(failure);
        }
    }

    int maxBuffered() {
        return owner.maxBuffered;
    }

    Future<?> closeLater(AsyncAttempt response) {
        return time.schedule(() -> time.executor().execute(response::close), MAX_READ_NANOS);
    }

    /** Ends the attempt or the delay, and else the response as the client does. */
    @Override
    public boolean cancel() {
        boolean cancelled = result.cancel(false);
        AsyncAttempt sending = last;
        return (sending != null && sending.cancelDelivery()) || cancelled;
    }

    @Override
    public SentRequest request() {
        return request;
    }

    @Override
    public Runnable sendAsync(
            ExchangeAttempt attempt, BiConsumer<? super AsyncAttempt, ? super @Nullable Throwable> done) {
        HttpRequest copy = request.begin(attempt);
        if (body != null && attempt.attempt().number() > 1) {
            body.releaseResources();
        }
        RequestBody own = body == null ? null : new RequestBody(body);
        AsyncExecRuntime connection = scope.execRuntime.fork();
        AsyncAttempt sending = new AsyncAttempt(this, attempt, connection, own, done);
        last = sending;
        AsyncExecChain.Scope inner = new AsyncExecChain.Scope(
                scope.exchangeId,
                scope.route,
                request,
                sending.dependency,
                scope.clientContext,
                connection,
                scope.scheduler,
                scope.execCount);
        try {
            chain.proceed(copy, own, inner, sending);
        } catch (HttpException | IOException | RuntimeException rejected) {
            sending.failed(rejected);
        }
        return sending::cancel;
    }

    @Override
    public int status(AsyncAttempt response) {
        return response.head().getCode();
    }

    @Override
    public List<String> responseHeader(AsyncAttempt response, String name) {
        return ApacheTransport.values(response.head(), name);
    }

    @Override
    public void discard(AsyncAttempt response) {
        response.close();
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    public AsyncAttempt detach(AsyncAttempt response) {
        response.detach();
        return response;
    }

    /** Another thread goes on: one of the client must not resolve a name. */
    @Override
    public void whenReleased(Runnable next) {
        AsyncAttempt before = last;
        if (before == null) {
            next.run();
        } else {
            CompletableFuture<?> unused = before.released.thenRunAsync(next, time.executor());
        }
    }
}
