package dev.respite.benchmarks;

import dev.respite.outcome.Attempt;
import dev.respite.policy.Backoff;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One delay of exponential backoff with full jitter, against the draw that it needs. */
public class Draw {

    /** The default backoff, as it is after the third attempt. */
    @State(Scope.Benchmark)
    public static class Delays {
        final Backoff backoff = RetryPolicy.defaults().backoff();
        final TimeSource time = TimeSource.system();
        Attempt attempt = new Attempt(3, 0, 0);
    }

    @Benchmark
    public double draw() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Benchmark
    public long respite(Delays delays) {
        return delays.backoff.delayNanos(delays.attempt, delays.time.roll());
    }
}
