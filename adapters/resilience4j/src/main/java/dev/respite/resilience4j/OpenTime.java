package dev.respite.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The remaining open time of a breaker, observed from outside.
 *
 * <p>An opening is distinguished from the next by the breaker's metrics. An open state keeps the metrics of the state before it.
 * Each closed or half-open state has new ones. From the moment that an opening is first seen, the breaker's own function of the
 * number of openings returns its length.
 */
final class OpenTime {

    /** A breaker that is open lets nothing pass in the very instant at which its time is up. */
    private static final Duration JUST_AFTER = Duration.ofMillis(1);

    private final CircuitBreaker breaker;
    private final Clock clock;
    private final AtomicReference<@Nullable Opening> seen = new AtomicReference<>();

    OpenTime(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.clock = breaker.getCircuitBreakerConfig().getClock();
    }

    /** One time that the breaker has opened; the count is 1 for the first since it was closed. */
    private record Opening(CircuitBreaker.Metrics metrics, int count, Instant until) {}

    /** Sees whether the breaker has opened or closed. It is closed and was closed, nearly always: two reads. */
    void observe() {
        CircuitBreaker.State state = breaker.getState();
        Opening last = seen.get();
        if (state == CircuitBreaker.State.OPEN) {
            opening(last);
        } else if (last != null && state == CircuitBreaker.State.CLOSED) {
            seen.compareAndSet(last, null);
        }
    }

    /** Returns the remaining open time; empty if the breaker is forced open. Read after a rejection. */
    Optional<Duration> remaining() {
        return switch (breaker.getState()) {
            case OPEN -> Optional.of(remainingOf(opening(seen.get())));
            case HALF_OPEN -> Optional.of(waitAfter(nextCount(seen.get())));
            case FORCED_OPEN -> Optional.empty();
            case CLOSED, DISABLED, METRICS_ONLY -> Optional.of(Duration.ZERO);
        };
    }

    private Duration remainingOf(Opening opening) {
        Duration left = Duration.between(clock.instant(), opening.until());
        if (!left.isNegative()) {
            return left.plus(JUST_AFTER);
        }
        // It should let pass by now, and has refused: it was opened for longer than its function returns.
        Duration again = waitAfter(opening.count());
        seen.compareAndSet(
                opening,
                new Opening(opening.metrics(), opening.count(), clock.instant().plus(again)));
        return again.plus(JUST_AFTER);
    }

    private Opening opening(@Nullable Opening last) {
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        if (last != null && last.metrics() == metrics) {
            return last;
        }
        int count = nextCount(last);
        Opening next = new Opening(metrics, count, clock.instant().plus(waitAfter(count)));
        if (seen.compareAndSet(last, next)) {
            return next;
        }
        // Another thread has seen it at the same time.
        Opening other = seen.get();
        return other == null ? next : other;
    }

    private static int nextCount(@Nullable Opening last) {
        return last == null ? 1 : last.count() + 1;
    }

    private Duration waitAfter(int count) {
        return Duration.ofMillis(breaker.getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(count));
    }
}
