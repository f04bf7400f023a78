package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.torture.cluster.DaemonThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Returns the response as soon as the work has computed it. Another thread records it afterwards.
 *
 * @param <C> the context of the work
 */
final class EarlyResponseIdempotency<C> implements Idempotency<C> {

    private final Idempotency<C> idempotency;
    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("early-response"));

    EarlyResponseIdempotency(Idempotency<C> idempotency) {
        this.idempotency = idempotency;
    }

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super C, X> work) {
        CompletableFuture<IdempotentResult> result = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                result.complete(idempotency.<X>execute(call, context -> {
                    StoredResponse response = work.run(context);
                    result.complete(new IdempotentResult.Executed(response));
                    return response;
                }));
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            return result.join();
        } catch (CompletionException failure) {
            throw new StoreUnavailableException("the work was not run", failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
