package dev.respite.benchmarks;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a success pays into the default budget when that is full, against one volatile read. */
public class Deposit {

    /** A full bucket. */
    @State(Scope.Benchmark)
    public static class Full {
        final RetryBudget budget = RetryBudgets.of(RetryPolicy.defaults().budget());
        final long now = TimeSource.system().nanoTime();
        final AtomicLong number = new AtomicLong();

        /** Fills it. */
        public Full() {
            for (int i = 0; i < 1_000; i++) {
                budget.succeeded(now);
            }
        }
    }

    @Benchmark
    public long volatileRead(Full full) {
        return full.number.get();
    }

    @Benchmark
    public void respite(Full full) {
        full.budget.succeeded(full.now);
    }
}
