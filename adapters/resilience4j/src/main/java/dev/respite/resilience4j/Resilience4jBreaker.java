package dev.respite.resilience4j;

import dev.respite.Breaker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker of Resilience4j, for a retry.
 *
 * <pre>{@code
 * Breaker breaker = Resilience4jBreaker.of(CircuitBreaker.ofDefaults("quotes"));
 * BreakerPerAttempt quotes = BreakerPerAttempt.of(Retry.withDefaults(), breaker);
 * }</pre>
 *
 * <p><b>Records.</b> Every value and exception that it receives, by its configuration: {@code recordResult},
 * {@code recordException}, {@code ignoreException}; with none of them each exception is a failure and each value a success.
 * It never receives an {@link Error}, an interruption or a cancellation: they give their permission back. So does a call that it
 * could not record, since a predicate has thrown.
 *
 * <p><b>Its rejections</b> are recognized by its name, which is all that a {@link CallNotPermittedException} has of it. So give
 * each breaker a name of its own, as a registry does.
 *
 * <p><b>The remaining open time</b> cannot be read from Resilience4j. So the state of the breaker is read after each use and
 * each rejection, on its own clock. No event consumer is registered, since that would create an event for every call.
 *
 * <p>The time is never too short if {@code waitDurationInOpenState} is fixed, or its function depends only on the number of
 * openings. It is exact to the millisecond if a call through this object opened the breaker. Otherwise it begins at the first
 * rejection through this object. A random function is read again, so the time is right but for its spread. The times of {@code
 * transitionToOpenStateFor}, {@code transitionToOpenStateUntil} and {@code transitionOnResult} are not known: the time of the
 * function is used. A half-open breaker without permissions is treated as if it had opened again. After each rejection there is
 * a full wait, never a shorter one. {@code FORCED_OPEN} has no end.
 *
 * <p>Make one for each breaker, and use it wherever that is used. Safe for use by any number of threads.
 */
public final class Resilience4jBreaker implements Breaker {

    private final CircuitBreaker breaker;
    private final OpenTime openTime;

    private Resilience4jBreaker(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.openTime = new OpenTime(breaker);
    }

    /**
     * A breaker of Resilience4j as a retry sees it.
     *
     * @param breaker the breaker
     * @return the same, for {@link dev.respite.BreakerPerAttempt}
     */
    public static Resilience4jBreaker of(CircuitBreaker breaker) {
        return new Resilience4jBreaker(Objects.requireNonNull(breaker, "breaker"));
    }

    /**
     * Acquires a permission.
     *
     * @return the breaker's timestamp
     * @throws CallNotPermittedException if the breaker grants none
     */
    @Override
    public long acquire() {
        // Read first: a clock that throws must not cost a permission.
        long now = breaker.getCurrentTimestamp();
        breaker.acquirePermission();
        return now;
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {
        try {
            breaker.onResult(breaker.getCurrentTimestamp() - entered, breaker.getTimestampUnit(), value);
        } catch (Throwable bug) {
            breaker.releasePermission();
            throw bug;
        }
        openTime.observe();
    }

    @Override
    public void failed(long entered, Throwable error) {
        try {
            breaker.onError(breaker.getCurrentTimestamp() - entered, breaker.getTimestampUnit(), error);
        } catch (Throwable bug) {
            breaker.releasePermission();
            throw bug;
        }
        openTime.observe();
    }

    @Override
    public void release() {
        breaker.releasePermission();
    }

    @Override
    public boolean isRejection(Throwable failure) {
        return failure instanceof CallNotPermittedException refusal
                && breaker.getName().equals(refusal.getCausingCircuitBreakerName());
    }

    @Override
    public Optional<Duration> remainingOpenTime() {
        return openTime.remaining();
    }

    /**
     * The breaker in words.
     *
     * @return what Resilience4j calls it
     */
    @Override
    public String toString() {
        return breaker.toString();
    }
}
