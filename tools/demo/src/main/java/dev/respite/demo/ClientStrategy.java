package dev.respite.demo;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The three client strategies that the demo compares. */
enum ClientStrategy {
    /** Sends every transfer once. */
    NONE,
    /** Retries with a plain loop: no jitter, no budget, no key. */
    NAIVE,
    /** Retries with Respite and idempotency keys. */
    RESPITE;

    /** The timeout of an attempt in all strategies. A hanging bank never responds. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final int NAIVE_ATTEMPTS = 4;
    private static final int NAIVE_PAUSE_MILLIS = 50;

    /**
     * The policy of Respite in the demo. It differs from the default for these reasons. A third of the attempts fail, up to 8
     * in a row for one transfer, and on a busy machine a killed bank needs up to twenty seconds to restart. So there are
     * 10 attempts, with delays of up to 10 s, within two minutes. Failures are random and not caused by load, and there is one
     * client. So delays start short, and a 503 or a timeout costs as much of the budget as any other error. One token for
     * each success covers the half retry that a transfer needs on average. Another 200 tokens cover the time after a kill, in
     * which nothing succeeds. The attempt timeout is shorter than the hang.
     */
    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=10 base-delay=100ms max-delay=10s attempt-timeout=1s"
                    + " total-timeout=2m budget=success:1/200/1");

    /** Sends a request, and completes with the final response. */
    @FunctionalInterface
    interface Sender {
        CompletableFuture<HttpResponse<String>> send(HttpRequest request);
    }

    /**
     * Returns a sender with this strategy.
     *
     * @param client sends each attempt
     * @param bank the origin whose server honours keys
     * @param threads the threads of blocking calls; without them the calls are not blocking
     */
    Sender sender(Retry retry, HttpClient client, URI bank, Optional<Executor> threads) {
        HttpClient used = this == RESPITE
                ? RetryingHttpClient.of(client, retry).withIdempotencyKeys(IdempotencyKeys.supportedBy(bank))
                : client;
        Sender once = request -> threads.map(blocking -> send(used, request, blocking))
                .orElseGet(() -> used.sendAsync(request, BodyHandlers.ofString()));
        return switch (this) {
            case NONE -> request -> once.send(withTimeout(request));
            case NAIVE -> request -> naive(1, once, withTimeout(request));
            case RESPITE -> once;
        };
    }

    private static CompletableFuture<HttpResponse<String>> send(
            HttpClient client, HttpRequest request, Executor threads) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return client.send(request, BodyHandlers.ofString());
                    } catch (IOException | InterruptedException failed) {
                        throw new CompletionException(failed);
                    }
                },
                threads);
    }

    /** Makes four attempts, 50 ms apart, after any error, without a key and without jitter. */
    private static CompletableFuture<HttpResponse<String>> naive(int attempt, Sender once, HttpRequest request) {
        CompletableFuture<HttpResponse<String>> sent = once.send(request);
        if (attempt == NAIVE_ATTEMPTS) {
            return sent;
        }
        return sent.thenCompose(response -> response.statusCode() == 200
                        ? CompletableFuture.completedFuture(response)
                        : CompletableFuture.failedFuture(new IOException("status " + response.statusCode())))
                .exceptionallyComposeAsync(
                        failed -> naive(attempt + 1, once, request),
                        CompletableFuture.delayedExecutor(NAIVE_PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }

    private static HttpRequest withTimeout(HttpRequest request) {
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .timeout(TIMEOUT)
                .build();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
