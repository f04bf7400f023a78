package dev.respite.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A call that fails twice and then succeeds, without a wait. */
public class FailThenSucceed {

    @Benchmark
    public Object loop(FailingTwice operation) throws Exception {
        return HandWritten.call(operation.callable);
    }

    @Benchmark
    public Object respite(Peers.ImmediateBudgeted peer, FailingTwice operation) throws Exception {
        return peer.retry.call(operation.respite);
    }

    @Benchmark
    public Object respiteTimed(Peers.ImmediateTimed peer, FailingTwice operation) throws Exception {
        return peer.retry.call(operation.respite);
    }

    @Benchmark
    public Object respiteNoBudget(Peers.Immediate peer, FailingTwice operation) throws Exception {
        return peer.retry.call(operation.respite);
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, FailingTwice operation) throws Exception {
        return peer.retry.executeCallable(operation.callable);
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, FailingTwice operation) {
        return peer.executor.get(operation.failsafe);
    }

    @Benchmark
    public Object springCore(Peers.SpringCore peer, FailingTwice operation) throws Exception {
        return peer.template.execute(operation.springCore);
    }
}
