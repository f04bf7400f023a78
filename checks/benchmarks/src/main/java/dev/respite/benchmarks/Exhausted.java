package dev.respite.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A call that fails three times, without a wait, and then ends. */
public class Exhausted {

    @Benchmark
    public Object respite(Peers.Immediate peer, Failing.Always operation) {
        return failure(() -> peer.retry.call(operation.work.respite));
    }

    @Benchmark
    public Object respiteSpent(Peers.Spent peer, Failing.Always operation) {
        return failure(() -> peer.retry.call(operation.work.respite));
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Failing.Always operation) {
        return failure(() -> peer.retry.executeCallable(operation.work.callable));
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, Failing.Always operation) {
        return failure(() -> peer.executor.get(operation.work.failsafe));
    }

    @Benchmark
    public Object springCore(Peers.SpringCore peer, Failing.Always operation) {
        return failure(() -> peer.template.execute(operation.work.springCore));
    }

    @Benchmark
    public Object springRetry(Peers.SpringRetry peer, Failing.Always operation) {
        return failure(() -> peer.template.execute(operation.work.springRetry));
    }

    /** Something that throws anything. */
    private interface Call {
        Object run() throws Throwable;
    }

    private static Throwable failure(Call call) {
        try {
            throw new IllegalStateException("a success: " + call.run());
        } catch (Throwable expected) {
            return expected;
        }
    }
}
