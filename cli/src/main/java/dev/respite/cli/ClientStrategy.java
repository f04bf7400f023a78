package dev.respite.cli;

import dev.respite.Retry;
import dev.respite.http.IdempotencyKeys;
import dev.respite.http.RetryingHttpClient;
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

/** The three ways to move money through a faulty bank. */
enum ClientStrategy {
    /** Every transfer is sent once. */
    NONE,
    /** The retry loop that everybody has written once. */
    NAIVE,
    /** Respite, with idempotency keys. */
    RESPITE;

    /** How long an attempt may take, in all three ways: a bank that hangs never responses. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final int NAIVE_ATTEMPTS = 4;
    private static final long NAIVE_PAUSE_MILLIS = 50;

    /**
     * What differs from the default, and why. A third of the attempts fail here, up to 8 in a row at one transfer, and the bank
     * may take ten seconds to start again on a busy machine: so 10 attempts, with delays of up to 4 s, in a minute. They fail by
     * the dice and not by load, and this client is alone: so the delays begin short, and a 503 or a hang costs no more of the
     * budget than any other error. One token for each success pays for the half retry that a transfer takes on average; 200 more
     * are for the times when the bank is killed and nothing succeeds. The attempt timeout is below the hang.
     */
    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=10 base-delay=50ms max-delay=4s attempt-timeout=1s"
                    + " total-timeout=1m budget=success:1/200/1");

    /** Sends one transfer; the response is what the client is told in the end. */
    @FunctionalInterface
    interface TransferSender {
        HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException;

        /** Each transfer waits for its response in one of these threads. */
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

    /** Sends one transfer, and holds no thread until its response is there. */
    @FunctionalInterface
    interface AsyncTransferSender {
        CompletionStage<HttpResponse<String>> send(HttpRequest request);
    }

    /** The client of this way, which sends by the given one. */
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

    /** The same, without waiting. */
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
        return RetryingHttpClient.of(client, retry).withIdempotencyKeys(IdempotencyKeys.honouredAt(bank));
    }

    /** Four attempts, 50 ms apart, whatever went wrong; no key, no jitter. */
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

    /** The same loop over futures. */
    private static CompletableFuture<HttpResponse<String>> naiveAsync(HttpClient client, HttpRequest request) {
        CompletableFuture<HttpResponse<String>> result = new CompletableFuture<>();
        naiveAttempt(1, client, request, result);
        return result;
    }

    private static void naiveAttempt(
            int attempt, HttpClient client, HttpRequest request, CompletableFuture<HttpResponse<String>> result) {
        CompletionStage<?> unused = client.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((response, failed) -> {
                    boolean paid = response != null && response.statusCode() == 200;
                    if (!paid && attempt < NAIVE_ATTEMPTS) {
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
