package dev.respite.benchmarks;

import dev.respite.BreakerPerAttempt;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.micrometer.RetryMetrics;
import dev.respite.policy.RetryPolicy;
import dev.respite.resilience4j.Resilience4jBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetrics;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A retry with Resilience4j's default breaker for each attempt, and its meters in a registry of Micrometer. */
public class BreakerLanes {

    private static BreakerPerAttempt respite(String policy) {
        Retry retry = Retry.of(RetryPolicy.parse(policy));
        RetryMetrics.of(retry).bindTo(new SimpleMeterRegistry());
        return BreakerPerAttempt.of(retry, Resilience4jBreaker.of(CircuitBreaker.ofDefaults("benchmark")));
    }

    /** A budget of counts and no clock of its own: what the peer does, and the budget. */
    @State(Scope.Benchmark)
    public static class Untimed {
        final BreakerPerAttempt retry = respite("total-timeout=off budget=success:0.5/20/10");
        final Object value = new Object();
        final Operation.Simple<Object, RuntimeException> work = () -> value;
    }

    /** The policy with no options. */
    @State(Scope.Benchmark)
    public static class Default {
        final BreakerPerAttempt retry = respite("");
        final Object value = new Object();
        final Operation.Simple<Object, RuntimeException> work = () -> value;
    }

    /** The breaker by itself: the floor. */
    @State(Scope.Benchmark)
    public static class Alone {
        final Object value = new Object();
        final Supplier<Object> work =
                CircuitBreaker.decorateSupplier(CircuitBreaker.ofDefaults("benchmark"), () -> value);
    }

    /** Resilience4j, decorated once and for each call. */
    @State(Scope.Benchmark)
    public static class Resilience4j {
        final Object value = new Object();
        final Supplier<Object> plain = () -> value;
        final CircuitBreaker breaker = CircuitBreaker.ofDefaults("benchmark");
        final io.github.resilience4j.retry.Retry retry = metered();
        final Supplier<Object> decorated = retry.decorateSupplier(breaker.decorateSupplier(plain));

        private static io.github.resilience4j.retry.Retry metered() {
            RetryRegistry retries = RetryRegistry.of(RetryConfig.custom()
                    .maxAttempts(3)
                    .intervalFunction(attempt -> 0L)
                    .retryExceptions(IOException.class)
                    .build());
            TaggedRetryMetrics.ofRetryRegistry(retries).bindTo(new SimpleMeterRegistry());
            return retries.retry("benchmark");
        }

        Object executed() {
            return retry.executeSupplier(() -> breaker.executeSupplier(plain));
        }
    }
}
