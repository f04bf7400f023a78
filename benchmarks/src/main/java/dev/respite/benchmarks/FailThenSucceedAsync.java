package dev.respite.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import reactor.core.publisher.Mono;

/** An asynchronous call that fails twice and then succeeds, without a wait, and is waited for. */
public class FailThenSucceedAsync {

    @Benchmark
    public Object loop(Peers.Scheduler scheduler, FailingAsync.Twice operation) {
        return HandWrittenAsync.call(scheduler.service, operation.work.stage).join();
    }

    @Benchmark
    public Object respite(Peers.ImmediateBudgeted peer, FailingAsync.Twice operation) {
        return peer.retry.callAsync(operation.work.respite).join();
    }

    @Benchmark
    public Object respiteTimed(Peers.ImmediateTimed peer, FailingAsync.Twice operation) {
        return peer.retry.callAsync(operation.work.respite).join();
    }

    @Benchmark
    public Object respiteNoBudget(Peers.Immediate peer, FailingAsync.Twice operation) {
        return peer.retry.callAsync(operation.work.respite).join();
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Peers.Scheduler scheduler, FailingAsync.Twice operation) {
        return peer.retry
                .executeCompletionStage(scheduler.service, operation.work.stage)
                .toCompletableFuture()
                .join();
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, FailingAsync.Twice operation) {
        return peer.executor.getStageAsync(operation.work.failsafe).join();
    }

    @Benchmark
    public Object reactor(Peers.Reactor peer, FailingAsync.Twice operation) {
        return Mono.fromFuture(operation.work.reactor)
                .retryWhen(peer.retry)
                .toFuture()
                .join();
    }
}
