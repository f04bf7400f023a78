package dev.respite.resilience4j;

import dev.respite.BreakerPerAttempt;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.Decision;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A target that can be down, a real breaker and a retry, all in one virtual time. */
final class World {

    final VirtualTime time = new VirtualTime(7);
    final CircuitBreaker breaker;
    final Resilience4jBreaker adapter;
    final Retry retry;

    /** When the target was reached. */
    final List<Duration> reached = new ArrayList<>();

    final List<Duration> delays = new ArrayList<>();
    final List<StopReason> ends = new ArrayList<>();

    /** When the target is up again. */
    Duration downUntil = Duration.ZERO;

    World(String policy, CircuitBreakerConfig.Builder config) {
        breaker = CircuitBreaker.of("target", inThis(config).build());
        adapter = Resilience4jBreaker.of(breaker);
        retry = Retry.of(RetryPolicy.parse(policy), time).withListener(this::receive);
    }

    CircuitBreakerConfig.Builder inThis(CircuitBreakerConfig.Builder config) {
        return config.clock(new VirtualClock(time))
                .currentTimestampFunction(unused -> time.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Opens for ten seconds at the second failure of two. */
    static CircuitBreakerConfig.Builder opensAtTwo() {
        return opensAtTwo(IntervalFunction.of(Duration.ofSeconds(10)));
    }

    /** Opens at the second failure of two, and probes by one call. */
    static CircuitBreakerConfig.Builder opensAtTwo(IntervalFunction openFor) {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(2)
                .minimumNumberOfCalls(2)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(openFor);
    }

    private void receive(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed
                && failed.decision() instanceof Decision.RetryAfter<?> again) {
            delays.add(again.delay());
        } else if (event instanceof RetryEvent.CallEnded ended) {
            ends.add(ended.reason());
        }
    }

    /** Breaker inside, refusals terminal. */
    BreakerPerAttempt perAttempt() {
        return BreakerPerAttempt.of(retry, adapter);
    }

    /** The work. */
    String reach() throws IOException {
        reached.add(now());
        if (now().compareTo(downUntil) < 0) {
            throw new ConnectException("down");
        }
        return "answer";
    }

    CompletableFuture<String> reachAsync() {
        try {
            return CompletableFuture.completedFuture(reach());
        } catch (IOException down) {
            return CompletableFuture.failedFuture(down);
        }
    }

    Duration now() {
        return Duration.ofNanos(time.nanoTime());
    }

    void pass(Duration duration) {
        time.advance(duration);
    }

    long refusals() {
        return breaker.getMetrics().getNumberOfNotPermittedCalls();
    }
}
