package dev.respite.cli;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who make the transfers, so many at a time. */
final class ConcurrentClients {

    static final int CONCURRENCY = 16;

    private final Semaphore free = new Semaphore(CONCURRENCY);
    private final ClientStrategy.AsyncTransferSender sender;

    ConcurrentClients(ClientStrategy.AsyncTransferSender sender) {
        this.sender = sender;
    }

    /** Waits until one of them is free. */
    void awaitOne() throws InterruptedException {
        free.acquire();
    }

    /**
     * Has the one that is free make a transfer.
     *
     * @param onResponse hears what the client was told in the end; null if that was no response
     */
    void send(HttpRequest request, Consumer<@Nullable HttpResponse<String>> onResponse) {
        CompletionStage<?> unused = sender.send(request).whenComplete((response, error) -> {
            onResponse.accept(response);
            free.release();
        });
    }

    /** Waits so long, at most, for all of them to end, and says whether they have. */
    boolean awaitAll(long millis) throws InterruptedException {
        return free.tryAcquire(CONCURRENCY, millis, TimeUnit.MILLISECONDS);
    }
}
