package dev.respite.benchmarks;

import dev.failsafe.function.CheckedSupplier;
import dev.respite.Operation;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;

/** A call that succeeds at once, at a site that sees one operation, which the compiler can inline. */
public class FirstTrySuccess {

    /** The operation in the form that each library takes. */
    @State(Scope.Thread)
    public static class Work {
        Object value = new Object();

        final Supplier<Object> plain = () -> value;
        final Operation.Simple<Object, RuntimeException> respite = () -> value;
        final CheckedSupplier<Object> failsafe = () -> value;
        final Retryable<Object> springCore = () -> value;
    }

    @Benchmark
    public Object plainCall(Work work) {
        return work.plain.get();
    }

    @Benchmark
    public Object readAndCount(Floor floor, Work work) {
        Object value = work.plain.get();
        floor.readAndCount();
        return value;
    }

    @Benchmark
    public long clockRead() {
        return System.nanoTime();
    }

    @Benchmark
    public Object respite(Peers.Untimed peer, Work work) {
        return peer.retry.call(work.respite);
    }

    @Benchmark
    public Object respiteMetered(Peers.Metered peer, Work work) {
        return peer.retry.call(work.respite);
    }

    @Benchmark
    public Object respiteCounted(Peers.Counted peer, Work work) {
        return peer.retry.call(work.respite);
    }

    @Benchmark
    public Object respiteWritten(Peers.Written peer, Work work) {
        return peer.retry.call(work.respite);
    }

    @Benchmark
    public Object respiteDefault(Peers.Default peer, Work work) {
        return peer.retry.call(work.respite);
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Work work) {
        return peer.retry.executeSupplier(work.plain);
    }

    @Benchmark
    public Object resilience4jCounted(Peers.Resilience4jCounted peer, Work work) {
        return peer.retry.executeSupplier(work.plain);
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, Work work) {
        return peer.executor.get(work.failsafe);
    }

    @Benchmark
    public Object springCore(Peers.SpringCore peer, Work work) throws Exception {
        return peer.template.execute(work.springCore);
    }
}
