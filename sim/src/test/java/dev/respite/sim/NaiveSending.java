package dev.respite.sim;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends a request up to four times, 50 ms after each failure, whatever the server requests. There is no budget. A call blocks a
 * thread.
 */
final class NaiveSending implements RealClients.Sending {

    private static final int MAX_ATTEMPTS = 4;
    private static final Duration DELAY = Duration.ofMillis(50);

    private final TimeSource time = TimeSource.system();
    private final Duration timeout;
    private final boolean isNumbered;
    private final Executor threads;
    private final LongAdder attempts = new LongAdder();

    /**
     * Creates the sending of any number of clients.
     *
     * @param timeout the limit of an attempt
     * @param isNumbered whether a request has the number of the attempt as Envoy sends it
     * @param threads run the calls
     */
    NaiveSending(Duration timeout, boolean isNumbered, Executor threads) {
        this.timeout = timeout;
        this.isNumbered = isNumbered;
        this.threads = threads;
    }

    ClientsReport report(List<RealCall> calls) {
        long delays = attempts.sum() - calls.size();
        return new ClientsReport(calls, attempts.sum(), DELAY.multipliedBy(delays), Map.of());
    }

    @Override
    public CompletableFuture<HttpResponse<Void>> send(HttpClient client, HttpRequest request) {
        return CompletableFuture.supplyAsync(() -> call(client, request), threads);
    }

    private HttpResponse<Void> call(HttpClient client, HttpRequest request) {
        try {
            for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
                try {
                    HttpResponse<Void> response = attempt(client, request, attempt);
                    if (response.statusCode() == 200) {
                        return response;
                    }
                } catch (IOException failed) {
                    // The next attempt follows, as after a response that is no success.
                }
                time.sleep(DELAY.toNanos());
            }
            return attempt(client, request, MAX_ATTEMPTS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ended);
        }
    }

    private HttpResponse<Void> attempt(HttpClient client, HttpRequest request, int number)
            throws IOException, InterruptedException {
        attempts.increment();
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(request, (name, value) -> true).timeout(timeout);
        if (isNumbered) {
            builder.header("x-envoy-attempt-count", Integer.toString(number));
        }
        return client.send(builder.build(), BodyHandlers.discarding());
    }
}
