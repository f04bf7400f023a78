package dev.respite.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A call that fails twice and then succeeds, without a wait. */
public class FailThenSucceed {

    @Benchmark
    public Object loop(Failing.Twice operation) throws Exception {
        return HandWritten.call(operation.work.callable);
    }

    @Benchmark
    public Object respite(Peers.ImmediateBudgeted peer, Failing.Twice operation) throws Exception {
        return peer.retry.call(operation.work.respite);
    }

    @Benchmark
    public Object respiteTimed(Peers.ImmediateTimed peer, Failing.Twice operation) throws Exception {
        return peer.retry.call(operation.work.respite);
    }

    @Benchmark
    public Object respiteNoBudget(Peers.Immediate peer, Failing.Twice operation) throws Exception {
        return peer.retry.call(operation.work.respite);
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Failing.Twice operation) throws Exception {
        return peer.retry.executeCallable(operation.work.callable);
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, Failing.Twice operation) {
        return peer.executor.get(operation.work.failsafe);
    }

    @Benchmark
    public Object springCore(Peers.SpringCore peer, Failing.Twice operation) throws Exception {
        return peer.template.execute(operation.work.springCore);
    }

    @Benchmark
    public Object springRetry(Peers.SpringRetry peer, Failing.Twice operation) throws Exception {
        return peer.template.execute(operation.work.springRetry);
    }
}
