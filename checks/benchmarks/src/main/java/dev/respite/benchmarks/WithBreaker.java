package dev.respite.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A call that succeeds at once, past a breaker that is closed, counted by Micrometer. */
public class WithBreaker {

    @Benchmark
    public Object breakerAlone(BreakerLanes.Alone peer) {
        return peer.work.get();
    }

    @Benchmark
    public Object respite(BreakerLanes.Untimed peer) {
        return peer.retry.call(peer.work);
    }

    @Benchmark
    public Object respiteDefault(BreakerLanes.Default peer) {
        return peer.retry.call(peer.work);
    }

    @Benchmark
    public Object resilience4j(BreakerLanes.Resilience4j peer) {
        return peer.decorated.get();
    }

    @Benchmark
    public Object resilience4jEachTime(BreakerLanes.Resilience4j peer) {
        return peer.executed();
    }
}
