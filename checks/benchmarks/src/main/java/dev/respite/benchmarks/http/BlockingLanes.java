package dev.respite.benchmarks.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Each lane is a thread. */
final class BlockingLanes implements Lanes {

    private final Exchange exchange;
    private final int threads;
    private final ExecutorService pool;

    BlockingLanes(Exchange exchange, int threads) {
        this.exchange = exchange;
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
    }

    @Override
    public long run(long end) throws InterruptedException, ExecutionException {
        List<Future<Long>> lanes = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            lanes.add(pool.submit(() -> lane(end)));
        }
        long requests = 0;
        for (Future<Long> lane : lanes) {
            requests += lane.get();
        }
        return requests;
    }

    private long lane(long end) throws Exception {
        long requests = 0;
        do {
            Lanes.check(exchange.send());
            requests++;
        } while (System.nanoTime() < end);
        return requests;
    }
}
