package dev.respite.apache5;

import dev.respite.http.exchange.AsyncTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** A call of an asynchronous client. Each attempt has a connection of its own, so that late signals of one cannot reach the next. */
final class AsyncCall implements ApacheTransport<Reply>, AsyncTransport<Reply>, Cancellable {

    private final HttpRequest request;
    private final @Nullable AsyncEntityProducer body;
    private final AsyncExecChain.Scope scope;
    private final AsyncExecChain chain;
    private final AsyncExecCallback caller;
    private final TimeSource time;
    private final Sent sent;
    private final CompletableFuture<Reply> result = new CompletableFuture<>();
    private volatile @Nullable AsyncAttempt last;

    AsyncCall(
            HttpRequest request,
            @Nullable AsyncEntityProducer body,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback caller,
            TimeSource time) {
        this.request = request;
        this.body = body;
        this.scope = scope;
        this.chain = chain;
        this.caller = caller;
        this.time = time;
        this.sent = new Sent(request, scope.route.getTargetHost());
    }

    void run(HttpRetry retry) {
        scope.cancellableDependency.setDependency(this);
        CompletableFuture<?> unused = result.whenComplete((reply, failure) -> {
            if (reply != null) {
                reply.deliver(caller);
            } else {
                failed(failure);
            }
        });
        if (!result.isDone()) {
            retry.sendAsync(this, result);
        }
    }

    private void failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapper ? wrapper.getCause() : failure;
        Exception reported = cause instanceof Exception exception ? exception : new ExecutionFailure(cause);
        if (body != null) {
            body.failed(reported);
        }
        caller.failed(reported);
    }

    /** An error, which the client cannot report. */
    private static final class ExecutionFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ExecutionFailure(Throwable error) {
            super("the call has failed", error);
        }
    }

    /** Ends the attempt or the delay, or the response. */
    @Override
    public boolean cancel() {
        boolean cancelled = result.cancel(false);
        AsyncAttempt sending = last;
        return cancelled || (sending != null && sending.cancelDelivery());
    }

    @Override
    public Sent sent() {
        return sent;
    }

    @Override
    public Runnable sendAsync(ExchangeAttempt attempt, BiConsumer<? super Reply, ? super @Nullable Throwable> done) {
        AttemptRequest original =
                new AttemptRequest(attempt.headers().isEmpty() ? request : withHeaders(attempt, copyOf(request)), null);
        sent.begin(original);
        if (body != null && attempt.attempt().number() > 1) {
            body.releaseResources();
        }
        AsyncAttempt own = new AsyncAttempt(scope.execRuntime.fork(), body, caller, done, time);
        last = own;
        try {
            chain.proceed(
                    AttemptRequest.copy(original, copyOf(request)),
                    own.body(),
                    new AsyncExecChain.Scope(
                            scope.exchangeId,
                            scope.route,
                            original,
                            own.dependency(),
                            scope.clientContext,
                            own.connection(),
                            scope.scheduler,
                            scope.execCount),
                    own);
        } catch (HttpException | IOException | RuntimeException rejected) {
            own.failed(rejected);
        }
        return own::cancel;
    }

    private static BasicHttpRequest copyOf(HttpRequest request) {
        return new BasicHttpRequest(
                request.getMethod(), request.getScheme(), request.getAuthority(), request.getPath());
    }

    @Override
    public boolean isReplayable() {
        AsyncAttempt sending = last;
        return body == null || body.isRepeatable() || sending == null || !sending.hasBegunBody();
    }

    @Override
    public int status(Reply reply) {
        return reply.response().getCode();
    }

    @Override
    public List<String> responseHeader(Reply reply, String name) {
        return ApacheTransport.values(reply.response(), name);
    }

    @Override
    public void discard(Reply reply) {
        reply.close();
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    public Reply detach(Reply reply) {
        reply.detach();
        return reply;
    }

    /** Another thread goes on: one of the client must not wait, nor resolve a name. */
    @Override
    public void whenReleased(Runnable next) {
        AsyncAttempt before = last;
        if (before == null) {
            next.run();
        } else {
            CompletableFuture<?> unused = before.released().thenRunAsync(next, time.executor());
        }
    }
}
