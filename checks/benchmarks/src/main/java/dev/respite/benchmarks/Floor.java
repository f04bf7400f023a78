package dev.respite.benchmarks;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The least that a budget at its cap and a counter can cost. */
@State(Scope.Benchmark)
public class Floor {

    private static final long FULL = 20_000_000;

    final AtomicLong balance = new AtomicLong(FULL);
    final LongAdder succeeded = new LongAdder();

    void readAndCount() {
        if (balance.get() != FULL) {
            throw new IllegalStateException("nothing is taken");
        }
        succeeded.increment();
    }
}
