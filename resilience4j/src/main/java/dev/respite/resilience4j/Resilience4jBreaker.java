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
 * <p><b>What it records.</b> Every value and exception that it receives, as its configuration says: {@code recordResult},
 * {@code recordException}, {@code ignoreException}; with none of them each exception is a failure and each value a success.
 * It never receives an {@link Error}, an interruption or a cancellation: they give their permission back. So does what it
 * could not record, since a predicate has thrown.
 *
 * <p><b>Its rejections</b> are recognized by its name, which is all that a {@link CallNotPermittedException} has of it. So give each
 * breaker a name of its own, as a registry does.
 *
 * <p><b>How long it refuses</b> cannot be read from Resilience4j, so it is observed, on the breaker's own clock, by a look at
 * its state after each use and each refusal; nothing is registered with its event publisher, since that would make an event
 * of every call. Where {@code waitDurationInOpenState} is fixed, or its function depends on nothing but the number of
 * openings, the time is exact to the millisecond if the breaker was opened by what passed through this object, and is never
 * too short; if others opened it, it counts from the first refusal that is seen here. A function that draws by chance is
 * read again, and so is right but for its spread. Not seen are the times of {@code transitionToOpenStateFor}, {@code
 * transitionToOpenStateUntil} and {@code transitionOnResult}: the function's time is taken. A half-open breaker whose
 * permissions are all out has no time; it is left alone for as long as if it had opened again. Whatever is misjudged, after
 * each refusal there is a full wait, never a shorter one. {@code FORCED_OPEN} has no end.
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
     * @return the same, for {@link dev.respite.BreakerPerAttempt} and {@link dev.respite.BreakerPerCall}
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
