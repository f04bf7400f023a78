package dev.respite.torture;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
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
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super C, X> work) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                answer.complete(idempotency.<X>execute(call, context -> {
                    StoredResponse response = work.run(context);
                    answer.complete(new Answer.Executed(response));
                    return response;
                }));
            } catch (Throwable failure) {
                answer.completeExceptionally(failure);
            }
        });
        try {
            return answer.join();
        } catch (CompletionException failure) {
            throw new StoreUnavailableException("it was not run", failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
