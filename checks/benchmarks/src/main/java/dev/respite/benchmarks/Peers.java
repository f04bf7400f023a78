package dev.respite.benchmarks;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.micrometer.RetryMetrics;
import dev.respite.policy.RetryPolicy;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.RetryTemplate;

/**
 * Respite and its peers, each set to three attempts on an {@link IOException} and no wait. One state each, so that a
 * fork loads no library but the one that it measures.
 */
public class Peers {

    private static Retry respite(String policy) {
        return Retry.of(RetryPolicy.parse(policy));
    }

    /** A budget of counts, counters, and no clock: what the peers do, and the budget. */
    @State(Scope.Benchmark)
    public static class Untimed {
        final Retry retry = respite("total-timeout=off budget=success:0.5/20/10");
    }

    /** The same, with its meters in a registry of Micrometer. */
    @State(Scope.Benchmark)
    public static class Metered {
        final Retry retry = respite("total-timeout=off budget=success:0.5/20/10");

        /** Binds them. */
        public Metered() {
            RetryMetrics.of(retry).bindTo(new SimpleMeterRegistry());
        }
    }

    /** With a listener that counts calls. */
    @State(Scope.Benchmark)
    public static class Counted {
        final Counting counting = new Counting();
        final Retry retry =
                respite("total-timeout=off budget=success:0.5/20/10").withListener(counting);
    }

    /** Counts the calls that succeed at their first attempt. */
    static final class Counting implements RetryListener {
        private final LongAdder calls = new LongAdder();

        @Override
        public Interest interest() {
            return Interest.COUNTS;
        }

        @Override
        public void on(RetryEvent event) {
            if (event instanceof RetryEvent.FirstAttemptSucceeded) {
                calls.increment();
            }
        }
    }

    /** With a listener that wants the history of each call. */
    @State(Scope.Benchmark)
    public static class Written {
        final LongAdder calls = new LongAdder();
        final Retry retry =
                respite("total-timeout=off budget=success:0.5/20/10").withListener(event -> calls.increment());
    }

    /** The policy with no options. */
    @State(Scope.Benchmark)
    public static class Default {
        final Retry retry = Retry.withDefaults();
    }

    /** No wait and no budget. */
    @State(Scope.Benchmark)
    public static class Immediate {
        final Retry retry = respite("backoff=immediate total-timeout=off budget=off");
    }

    /** No wait, and the default's kind of budget, so well funded that two retries a call do not empty it. */
    @State(Scope.Benchmark)
    public static class ImmediateBudgeted {
        final Retry retry = respite("backoff=immediate total-timeout=off budget=success:4/20/10");
    }

    /** No wait, a budget and a total timeout. */
    @State(Scope.Benchmark)
    public static class ImmediateTimed {
        final Retry retry = respite("backoff=immediate budget=success:4/20/10");
    }

    /** Resilience4j. */
    @State(Scope.Benchmark)
    public static class Resilience4j {
        final io.github.resilience4j.retry.Retry retry = io.github.resilience4j.retry.Retry.of(
                "benchmark",
                RetryConfig.custom()
                        .maxAttempts(3)
                        .intervalFunction(attempt -> 0L)
                        .retryExceptions(IOException.class)
                        .build());
    }

    /** Resilience4j, with a consumer of all its events. It publishes none of a call that succeeds at once. */
    @State(Scope.Benchmark)
    public static class Resilience4jCounted {
        final LongAdder events = new LongAdder();
        final io.github.resilience4j.retry.Retry retry = new Resilience4j().retry;

        /** Adds the consumer. */
        public Resilience4jCounted() {
            retry.getEventPublisher().onEvent(event -> events.increment());
        }
    }

    /** Failsafe. */
    @State(Scope.Benchmark)
    public static class FailsafeRetry {
        final FailsafeExecutor<Object> executor = Failsafe.with(dev.failsafe.RetryPolicy.builder()
                .withMaxAttempts(3)
                .handle(IOException.class)
                .build());
    }

    /** Spring Framework. */
    @State(Scope.Benchmark)
    public static class SpringCore {
        final RetryTemplate template = new RetryTemplate(org.springframework.core.retry.RetryPolicy.builder()
                .maxRetries(2)
                .delay(Duration.ZERO)
                .includes(IOException.class)
                .build());
    }
}
