package dev.respite.benchmarks;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import reactor.core.publisher.Mono;

/** An asynchronous call that fails three times, without a wait, then ends, and is waited for. */
public class ExhaustedAsync {

    @Benchmark
    public Object loop(Peers.Scheduler scheduler, FailingAsync.Always operation) {
        return failure(HandWrittenAsync.call(scheduler.service, operation.work.stage));
    }

    @Benchmark
    public Object respite(Peers.Immediate peer, FailingAsync.Always operation) {
        return failure(peer.retry.callAsync(operation.work.respite));
    }

    @Benchmark
    public Object respiteSpent(Peers.Spent peer, FailingAsync.Always operation) {
        return failure(peer.retry.callAsync(operation.work.respite));
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Peers.Scheduler scheduler, FailingAsync.Always operation) {
        return failure(peer.retry.executeCompletionStage(scheduler.service, operation.work.stage));
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, FailingAsync.Always operation) {
        return failure(peer.executor.getStageAsync(operation.work.failsafe));
    }

    @Benchmark
    public Object reactor(Peers.Reactor peer, FailingAsync.Always operation) {
        return failure(
                Mono.fromFuture(operation.work.reactor).retryWhen(peer.retry).toFuture());
    }

    /** Waits for the failure as a value: to throw it would cost every row a stack trace. */
    private static Throwable failure(CompletionStage<? extends @Nullable Object> call) {
        @Nullable
        Throwable failure =
                call.handle((value, error) -> error).toCompletableFuture().join();
        return Objects.requireNonNull(failure, "a success");
    }
}
