package dev.respite.benchmarks.http;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Resilience4j around the JDK's client: as many attempts as Respite's default has, at the failures that it retries. */
final class Resilience4jExchange implements Exchange {

    private final ClientExchange client;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "resilience4j");
        thread.setDaemon(true);
        return thread;
    });
    private final Retry retry = Retry.of(
            "http",
            RetryConfig.<HttpResponse<byte[]>>custom()
                    .maxAttempts(3)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2))
                    .retryExceptions(IOException.class)
                    .retryOnResult(response -> response.statusCode() >= 500)
                    .build());

    Resilience4jExchange(ClientExchange client) {
        this.client = client;
    }

    @Override
    public int send() throws Exception {
        return retry.executeCallable(client::sendBlocking).body().length;
    }

    @Override
    public CompletionStage<HttpResponse<byte[]>> sendAsync() {
        return retry.executeCompletionStage(scheduler, client::sendAsync);
    }
}
