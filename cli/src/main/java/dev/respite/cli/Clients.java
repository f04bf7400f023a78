package dev.respite.cli;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who make the transfers, so many at a time. */
final class Clients {

    static final int AT_A_TIME = 16;

    private final Semaphore free = new Semaphore(AT_A_TIME);
    private final Way.AsyncPayer payer;

    Clients(Way.AsyncPayer payer) {
        this.payer = payer;
    }

    /** Waits until one of them is free. */
    void awaitOne() throws InterruptedException {
        free.acquire();
    }

    /**
     * Has the one that is free make a transfer.
     *
     * @param told hears what the client was told in the end; null if that was no answer
     */
    void pay(HttpRequest request, Consumer<@Nullable HttpResponse<String>> told) {
        CompletionStage<?> unused = payer.pay(request).whenComplete((answer, error) -> {
            told.accept(answer);
            free.release();
        });
    }

    /** Waits so long, at most, for all of them to end, and says whether they have. */
    boolean awaitAll(long millis) throws InterruptedException {
        return free.tryAcquire(AT_A_TIME, millis, TimeUnit.MILLISECONDS);
    }
}
