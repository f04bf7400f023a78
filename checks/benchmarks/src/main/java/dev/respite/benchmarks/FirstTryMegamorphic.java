package dev.respite.benchmarks;

import dev.failsafe.function.CheckedSupplier;
import dev.respite.Operation;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;
import org.springframework.retry.RetryCallback;

/**
 * A call that succeeds at once, as in a program with many call sites. The library has seen operations of four classes, which
 * take turns, so that the call of an operation is a virtual one that the compiler cannot inline.
 */
public class FirstTryMegamorphic {

    /** The operations in the form that each library takes. Each lambda here has a class of its own. */
    @State(Scope.Thread)
    public static class Work {
        Object a = new Object();
        Object b = new Object();
        Object c = new Object();
        Object d = new Object();
        int turn;

        final Supplier<Object>[] plain = four(() -> a, () -> b, () -> c, () -> d);
        final Operation.Simple<Object, RuntimeException>[] respite = four(() -> a, () -> b, () -> c, () -> d);
        final CheckedSupplier<Object>[] failsafe = four(() -> a, () -> b, () -> c, () -> d);
        final Retryable<Object>[] springCore = four(() -> a, () -> b, () -> c, () -> d);
        final RetryCallback<Object, RuntimeException>[] springRetry =
                four(context -> a, context -> b, context -> c, context -> d);

        @SafeVarargs
        @SuppressWarnings("varargs")
        private static <F> F[] four(F... operations) {
            return operations;
        }

        <F> F next(F[] operations) {
            return operations[turn++ & 3];
        }
    }

    @Benchmark
    public Object plainCall(Work work) {
        return work.next(work.plain).get();
    }

    @Benchmark
    public Object respite(Peers.Untimed peer, Work work) {
        return peer.retry.call(work.next(work.respite));
    }

    @Benchmark
    public Object resilience4j(Peers.Resilience4j peer, Work work) {
        return peer.retry.executeSupplier(work.next(work.plain));
    }

    @Benchmark
    public Object failsafe(Peers.FailsafeRetry peer, Work work) {
        return peer.executor.get(work.next(work.failsafe));
    }

    @Benchmark
    public Object springCore(Peers.SpringCore peer, Work work) throws Exception {
        return peer.template.execute(work.next(work.springCore));
    }

    @Benchmark
    public Object springRetry(Peers.SpringRetry peer, Work work) {
        return peer.template.execute(work.next(work.springRetry));
    }
}
