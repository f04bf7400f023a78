package dev.respite.http.exchange;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.AsyncOperation;
import dev.respite.BreakerPerAttempt;
import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.driver.ContextPropagation;
import dev.respite.driver.ParallelCall;
import dev.respite.hedge.Hedge;
import dev.respite.logging.FailureText;
import dev.respite.outcome.Attempt;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Runs a call without holding a thread: starts each attempt, limits it in time, and reads the last response. */
final class AsyncDriver<R> implements AsyncOperation<R> {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final AsyncTransport<R> transport;
    private final HttpConfig config;
    private final HttpCall<R> call;
    private final Retry retry;
    private final Optional<BreakerPerAttempt> guarded;
    private final Optional<Hedge> hedge;

    /** Decides which of the attempts that run beside each other is read. */
    private final ReadingTurn turn = new ReadingTurn();

    /** A call that is hedged if there is a hedge, and else retried. */
    AsyncDriver(AsyncTransport<R> transport, HttpConfig config, Optional<Hedge> hedge) {
        this.transport = transport;
        this.config = config;
        this.hedge = hedge;
        this.call = new HttpCall<>(transport, config, hedge.isPresent() ? turn : null);
        String origin = transport.origin();
        Retry base = config.retry(origin);
        Retry given = call.retry(base, base.time());
        this.retry = hedge.map(side -> given.withPolicy(given.policy().withHedging(side.maxAttempts())))
                .orElse(given);
        this.guarded = config.breakers().map(breakers -> breakers.inside(retry, origin, call));
    }

    /** Begins the call, which whatever completes the result ends. */
    void run(CompletableFuture<? super R> result) {
        config.calls().begin();
        CompletableFuture<R> retried = hedge.isPresent() ? hedged(hedge.get()) : retried();
        call.endsDelaysOf(retried);
        CompletableFuture<?> unusedEnd = result.whenComplete((response, error) -> {
            retried.cancel(true);
            call.close();
        });
        CompletableFuture<?> unusedWork = retried.whenComplete((last, error) -> ended(last, error, result));
    }

    /** Runs the call, and waits for its end on this thread. */
    R await() throws Exception {
        CompletableFuture<R> result = new CompletableFuture<>();
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted before the request was sent");
            }
            run(result);
            config.time().await(result);
            return result.join();
        } catch (InterruptedException interrupted) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw interrupted;
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof Exception failure ? failure : failed;
        }
    }

    private CompletableFuture<R> retried() {
        return guarded.isPresent() ? guarded.get().callAsyncWithAttempt(this) : retry.callAsyncWithAttempt(this);
    }

    /** Runs attempts beside each other. A further one is of no use while one is being read. */
    private CompletableFuture<R> hedged(Hedge side) {
        ParallelCall<R> parallel = guarded.isPresent()
                ? guarded.get().parallelCall(this)
                : retry.driver().parallelCall(this::attempt, enforcesTimeout(), false);
        return side.run(parallel, turn::isFree);
    }

    /** Starts to send the request once. */
    @Override
    public CompletionStage<R> attempt(Attempt attempt) throws IOException {
        AsyncTransport<R> own = hedge.flatMap(side -> transport.another()).orElse(transport);
        ExchangeAttempt begun = call.begin(attempt, own);
        AsyncExchange<R> exchange = new AsyncExchange<>(own, begun, config.time());
        transport.whenReleased(attempt.number() == 1 ? exchange : inContext(exchange));
        return exchange;
    }

    /** The exchange may have to wait until the last response is released; then another thread starts it. */
    private Runnable inContext(Runnable exchange) {
        return ContextPropagation.wrapOnce(
                config.retry().context(), NestedRetries.propagate(exchange), AsyncDriver::logContext);
    }

    private static void logContext(Throwable bug) {
        LOGGER.log(
                WARNING,
                "the context of an HTTP call has not been propagated: the function for that has thrown",
                FailureText.loggable(bug));
    }

    /** Each attempt has its {@link Deadline}, which includes the request's own timeout. */
    @Override
    public boolean enforcesTimeout() {
        return true;
    }

    private void ended(@Nullable R response, @Nullable Throwable error, CompletableFuture<? super R> result) {
        R last = error == null ? response : call.lastBefore(error).orElse(null);
        if (last == null) {
            call.close();
            result.completeExceptionally(new CompletionException(
                    call.failureBefore(Objects.requireNonNull(error, "no response and no failure"))));
        } else if (transport.isUnread(last)) {
            readLater(last, result);
        } else {
            publish(last, null, result);
        }
    }

    private void readLater(R last, CompletableFuture<? super R> result) {
        AsyncRead<R> read = new AsyncRead<>(
                (response, failure) -> publish(response, failure, result),
                call.readDeadline(last),
                transport,
                config.time());
        CompletableFuture<?> unused = result.whenComplete((value, error) -> read.abandon());
        transport.whenReleased(() -> read.start(last));
    }

    /** Ends the call before its future: what depends on that may shut the client down, and wait for all calls. */
    private void publish(@Nullable R last, @Nullable Throwable error, CompletableFuture<? super R> result) {
        call.close();
        if (last == null) {
            result.completeExceptionally(new CompletionException(error));
        } else if (!result.complete(last)) {
            transport.discard(last);
        }
    }
}
