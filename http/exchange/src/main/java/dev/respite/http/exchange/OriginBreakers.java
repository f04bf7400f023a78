package dev.respite.http.exchange;

import dev.respite.Breaker;
import dev.respite.BreakerPerAttempt;
import dev.respite.Retry;
import java.util.Objects;
import java.util.function.Function;

/**
 * A circuit breaker for each origin, inside the retries of a client: it receives each attempt that the budget pays for.
 *
 * <pre>{@code
 * OriginBreakers breakers = OriginBreakers.of(origin -> Resilience4jBreaker.of(registry.circuitBreaker(origin)));
 * HttpRetry retry = HttpRetry.withDefaults().withBreakers(breakers);
 * }</pre>
 *
 * <p>An attempt that an open breaker refuses is not sent, and ends the call: its caller gets the breaker's own exception.
 * {@link #waitingWhileOpen} waits instead, like {@link BreakerPerAttempt#waitingWhileOpen}.
 *
 * <p><b>Outcomes for a breaker.</b> A failure of the exchange is a failure. So is a response with a status that is retried by
 * default (408, 425, 429 and all of 5xx but 501, 505 and 511). That depends neither on the policy nor on whether this
 * request could be sent again. It is passed on as an {@link ErrorStatusException}, which no caller sees. Any other response
 * is a value, whose body need not have been read. Exceptions of a body handler, failures to read or write a local file,
 * interruptions and cancellations are not caused by the server: they release their permission. A handler that hands out a stream
 * ends the attempt with the headers, and its breaker receives nothing after that.
 *
 * <p>Safe for use by any number of threads, and of clients: those that are given the same object share its breakers. At most
 * 1,000 are kept; the least recently used one makes room.
 */
public final class OriginBreakers {

    private final PerOrigin<Breaker> breakers;
    private final boolean waits;

    private OriginBreakers(PerOrigin<Breaker> breakers, boolean waits) {
        this.breakers = breakers;
        this.waits = waits;
    }

    /**
     * A breaker for each origin.
     *
     * @param make makes the breaker of an origin, which is in one spelling and always has its port: {@code
     *     https://api.example.com:443}. Called at the first request to it, by the thread that sends. Its exception is thrown
     *     there, and nothing is sent
     * @return the breakers
     */
    public static OriginBreakers of(Function<? super String, ? extends Breaker> make) {
        Objects.requireNonNull(make, "make");
        return new OriginBreakers(
                new PerOrigin<>(
                        PerOrigin.MAX,
                        origin -> Objects.requireNonNull(
                                make.apply(origin), () -> "there is no breaker for " + origin + ": make one")),
                false);
    }

    /** {@return breakers that are shared with these, with rejections retried after the remaining open time} */
    public OriginBreakers waitingWhileOpen() {
        return new OriginBreakers(breakers, true);
    }

    /**
     * A retry with the breaker of an origin inside.
     *
     * @param call the call, which knows its responses and who caused its failures
     */
    BreakerPerAttempt inside(Retry retry, String origin, HttpCall<?> call) {
        BreakerPerAttempt guarded = BreakerPerAttempt.of(retry, new HttpBreaker<>(breakers.of(origin), call));
        return waits ? guarded.waitingWhileOpen() : guarded;
    }
}
