package dev.respite.apache5;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.pool.PoolStats;

/** A client of either kind. */
interface TestClient extends AutoCloseable {

    /** A call that was started: its response as text, and its cancellation. */
    record Started(CompletableFuture<String> response, Runnable cancel) {}

    Started start(Outgoing request);

    PoolStats connections();

    @Override
    void close();

    /** Sends a request and returns the status and the body, or the class of the failure. */
    default String send(Outgoing request) {
        try {
            return start(request).response().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            return failed.getCause().getClass().getSimpleName();
        } catch (Exception broken) {
            throw new AssertionError("the call has not ended", broken);
        }
    }
}
