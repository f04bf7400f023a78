package dev.respite.stacks.servers;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.OriginBreakers;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** How a call is made. */
enum Way {
    BLOCKING(true, false),
    ASYNCHRONOUS(false, false),
    BLOCKING_WITH_BREAKER(true, true),
    ASYNCHRONOUS_WITH_BREAKER(false, true);

    private final boolean blocking;
    private final boolean withBreaker;

    Way(boolean blocking, boolean withBreaker) {
        this.blocking = blocking;
        this.withBreaker = withBreaker;
    }

    boolean hasBreaker() {
        return withBreaker;
    }

    /** A client of the policy, without a budget and without a total timeout. */
    RetryingHttpClient client(HttpClient plain, String policy, TimeSource time, RecordingBreaker breaker) {
        RetryPolicy whole = RetryPolicy.parse("budget=off total-timeout=off " + policy);
        RetryingHttpClient client = RetryingHttpClient.of(plain, Retry.of(whole, time));
        return withBreaker ? client.withBreakers(OriginBreakers.of(origin -> breaker)) : client;
    }

    /** Starts a call. A blocking one has a thread of its own. */
    <T> CompletableFuture<HttpResponse<T>> start(
            RetryingHttpClient client, HttpRequest request, BodyHandler<T> handler) {
        if (!blocking) {
            return client.sendAsync(request, handler);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return client.send(request, handler);
                    } catch (Exception failed) {
                        throw new CompletionException(failed);
                    }
                },
                task -> new Thread(task, "call").start());
    }
}
