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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private static final long NAIVE_PAUSE_MILLIS = 50;

    /**
     * The policy of Respite in the demo. It differs from the default for these reasons. A third of the attempts fail, up to 8
     * in a row for one transfer, and on a busy machine a killed bank needs up to ten seconds to restart. So there are 10
     * attempts, with delays of up to 4 s, within one minute. Failures are random and not caused by load, and there is one
     * client. So delays start short, and a 503 or a timeout costs as much of the budget as any other error. One token for
     * each success covers the half retry that a transfer needs on average. Another 200 tokens cover the time after a kill, in
     * which nothing succeeds. The attempt timeout is shorter than the hang.
     */
    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=10 base-delay=50ms max-delay=4s attempt-timeout=1s"
                    + " total-timeout=1m budget=success:1/200/1");

    /** Sends one transfer and returns the final response. */
    @FunctionalInterface
    interface TransferSender {
        HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException;

        /** Returns a sender that waits for each response in a thread of the executor. */
        default AsyncTransferSender in(Executor threads) {
            return request -> {
                CompletableFuture<HttpResponse<String>> response = new CompletableFuture<>();
                threads.execute(() -> {
                    try {
                        response.complete(send(request));
                    } catch (IOException | InterruptedException | RuntimeException failed) {
                        response.completeExceptionally(failed);
                    }
                });
                return response;
            };
        }
    }

    /** Sends one transfer without blocking a thread. */
    @FunctionalInterface
    interface AsyncTransferSender {
        CompletionStage<HttpResponse<String>> send(HttpRequest request);
    }

    /** Returns a sender with this strategy that uses the given client. */
    TransferSender sender(Retry retry, HttpClient client, URI bank) {
        return switch (this) {
            case NONE -> request -> client.send(withTimeout(request), BodyHandlers.ofString());
            case NAIVE -> request -> naive(client, withTimeout(request));
            case RESPITE -> {
                HttpClient retrying = retrying(retry, client, bank);
                yield request -> retrying.send(request, BodyHandlers.ofString());
            }
        };
    }

    /** Returns a non-blocking sender with this strategy that uses the given client. */
    AsyncTransferSender asyncSender(Retry retry, HttpClient client, URI bank) {
        return switch (this) {
            case NONE -> request -> client.sendAsync(withTimeout(request), BodyHandlers.ofString());
            case NAIVE -> request -> naiveAsync(client, withTimeout(request));
            case RESPITE -> {
                HttpClient retrying = retrying(retry, client, bank);
                yield request -> retrying.sendAsync(request, BodyHandlers.ofString());
            }
        };
    }

    private static HttpClient retrying(Retry retry, HttpClient client, URI bank) {
        return RetryingHttpClient.of(client, retry).withIdempotencyKeys(IdempotencyKeys.supportedBy(bank));
    }

    /** Makes four attempts, 50 ms apart, after any error, without a key and without jitter. */
    private static HttpResponse<String> naive(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                if (response.statusCode() == 200 || attempt == NAIVE_ATTEMPTS) {
                    return response;
                }
            } catch (IOException failed) {
                if (attempt == NAIVE_ATTEMPTS) {
                    throw failed;
                }
            }
            Thread.sleep(NAIVE_PAUSE_MILLIS);
        }
    }

    /** The same loop with futures. */
    private static CompletableFuture<HttpResponse<String>> naiveAsync(HttpClient client, HttpRequest request) {
        CompletableFuture<HttpResponse<String>> result = new CompletableFuture<>();
        naiveAttempt(1, client, request, result);
        return result;
    }

    private static void naiveAttempt(
            int attempt, HttpClient client, HttpRequest request, CompletableFuture<HttpResponse<String>> result) {
        CompletionStage<?> unused = client.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((response, failed) -> {
                    boolean succeeded = response != null && response.statusCode() == 200;
                    if (!succeeded && attempt < NAIVE_ATTEMPTS) {
                        CompletableFuture.delayedExecutor(NAIVE_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                                .execute(() -> naiveAttempt(attempt + 1, client, request, result));
                    } else if (response != null) {
                        result.complete(response);
                    } else {
                        result.completeExceptionally(failed);
                    }
                });
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
