package dev.respite.demo;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends transfers with a limited number of concurrent clients. */
final class ConcurrentClients {

    static final int CONCURRENCY = 16;

    private final Semaphore free = new Semaphore(CONCURRENCY);
    private final ClientStrategy.AsyncTransferSender sender;

    ConcurrentClients(ClientStrategy.AsyncTransferSender sender) {
        this.sender = sender;
    }

    /** Waits until a client is free. */
    void awaitOne() throws InterruptedException {
        free.acquire();
    }

    /**
     * Sends a transfer with a free client, see {@link #awaitOne}.
     *
     * @param onResponse receives the final response, or null if there was none
     */
    void send(HttpRequest request, Consumer<@Nullable HttpResponse<String>> onResponse) {
        CompletionStage<?> unused = sender.send(request).whenComplete((response, error) -> {
            onResponse.accept(response);
            free.release();
        });
    }

    /** Waits until all clients are free, at most for the given time, and returns whether they are. */
    boolean awaitAll(long millis) throws InterruptedException {
        return free.tryAcquire(CONCURRENCY, millis, TimeUnit.MILLISECONDS);
    }
}
