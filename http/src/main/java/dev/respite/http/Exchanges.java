package dev.respite.http;

import dev.respite.BreakerPerAttempt;
import dev.respite.Retry;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A call of {@link RetryingHttpClient} from the request to the last response: prepares it, runs it and ends it. */
final class Exchanges<T extends @Nullable Object> {

    private final ClientConfig config;
    private final JdkTransport<T> transport;
    private final HttpCall<JudgedResponse<T>> call;
    private final Retry retry;
    private final Optional<BreakerPerAttempt> guarded;

    Exchanges(ClientConfig config, HttpRequest request, BodyHandler<T> handler) {
        this.config = config;
        PreparedRequest prepared = config.exchanges()
                .prepare(
                        request,
                        config.delegate().followRedirects(),
                        config.retry().time());
        this.transport = new JdkTransport<>(config, prepared, handler);
        this.call = new HttpCall<>(transport, JudgedResponse::verdict, config);
        String origin = Origins.of(request.uri());
        this.retry = retry(origin);
        this.guarded =
                config.origins().breakers().map(breakers -> breakers.inside(retry, origin, call::isOfTheExchange));
    }

    @SuppressWarnings("unchecked") // the only values of this call are its own responses
    private Retry retry(String origin) {
        return config.retry()
                .withBudget(config.origins().budgets().of(origin))
                .withDriverClassifier(call)
                .withDetach((Class<JudgedResponse<T>>) (Class<?>) JudgedResponse.class, call::detach);
    }

    HttpResponse<T> send() throws Exception {
        config.calls().begin();
        try {
            return call.finish(last());
        } finally {
            call.close();
        }
    }

    /** Runs the attempts. A call that the client's shutdown ends in a delay has the outcome before the delay. */
    private JudgedResponse<T> last() throws Exception {
        try {
            return guarded.isPresent()
                    ? guarded.get().callWithAttempt(call::attemptAndWait)
                    : retry.callWithAttempt(call::attemptAndWait);
        } catch (Exception failed) {
            Optional<JudgedResponse<T>> last = call.lastBeforeShutdown(failed);
            if (last.isPresent()) {
                return last.get();
            }
            throw call.failureBeforeShutdown(failed) instanceof Exception before ? before : failed;
        }
    }

    CompletableFuture<HttpResponse<T>> sendAsync() {
        config.calls().begin();
        ResponseFuture<T> result = new ResponseFuture<>();
        CompletableFuture<JudgedResponse<T>> retried =
                guarded.isPresent() ? guarded.get().callAsyncWithAttempt(call) : retry.callAsyncWithAttempt(call);
        call.endsDelaysOf(retried);
        CompletableFuture<?> unusedEnd = result.whenComplete((response, error) -> {
            retried.cancel(true);
            call.close();
        });
        CompletableFuture<?> unusedWork = retried.whenComplete((last, error) -> ended(last, error, result));
        return result;
    }

    private void ended(@Nullable JudgedResponse<T> response, @Nullable Throwable error, ResponseFuture<T> result) {
        JudgedResponse<T> last =
                error == null ? response : call.lastBeforeShutdown(error).orElse(null);
        if (last == null) {
            call.close();
            result.completeExceptionally(new CompletionException(
                    call.failureBeforeShutdown(Objects.requireNonNull(error, "no response and no failure"))));
        } else if (transport.isUnread(last)) {
            call.finishLater(last, (read, failure) -> publish(read, failure, result), result);
        } else {
            publish(last, null, result);
        }
    }

    /** Ends the call before its future: what depends on that may shut the client down, and wait for all calls. */
    private void publish(@Nullable JudgedResponse<T> last, @Nullable Throwable error, ResponseFuture<T> result) {
        call.close();
        if (last == null) {
            result.completeExceptionally(new CompletionException(error));
        } else if (!result.complete(last)) {
            last.discard();
        }
    }
}
