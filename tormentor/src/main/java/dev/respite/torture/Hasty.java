package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Another idempotency that tells the answer once the work has one, and leaves it to another thread to record it.
 *
 * @param <C> what work is given
 */
final class Hasty<C> implements Idempotency<C> {

    private final Idempotency<C> idempotency;
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("hasty"));

    Hasty(Idempotency<C> idempotency) {
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
            throw new StoreUnavailableException("it was not run", failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
