package dev.respite.benchmarks.http;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Each lane is a chain of stages: the next request is sent where the last response arrived. No thread waits for one. */
record AsyncLanes(Exchange exchange, int inFlight) implements Lanes {

    @Override
    public long run(long end) throws InterruptedException, ExecutionException {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < inFlight; i++) {
            lanes.add(new Lane(exchange, end));
        }
        lanes.forEach(Lane::next);
        long requests = 0;
        for (Lane lane : lanes) {
            requests += lane.result.get();
        }
        return requests;
    }

    private static final class Lane {

        private final Exchange exchange;
        private final long end;
        private final CompletableFuture<Long> result = new CompletableFuture<>();
        private long requests;

        Lane(Exchange exchange, long end) {
            this.exchange = exchange;
            this.end = end;
        }

        void next() {
            exchange.sendAsync().whenComplete(this::arrived);
        }

        private void arrived(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
            try {
                if (response == null) {
                    throw new IllegalStateException("a request has failed", failure);
                }
                Lanes.check(response.body().length);
                requests++;
                if (System.nanoTime() < end) {
                    next();
                } else {
                    result.complete(requests);
                }
            } catch (RuntimeException failed) {
                result.completeExceptionally(failed);
            }
        }
    }
}
