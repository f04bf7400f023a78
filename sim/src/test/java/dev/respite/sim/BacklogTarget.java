package dev.respite.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The system that durable calls go to: it is down at first, then it answers so many requests a second and rejects the others. */
final class BacklogTarget {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long FAILURE_NANOS = 10 * MILLI;
    private static final long FAST_NANOS = 20 * MILLI;
    private static final int MIN_BURST = 5;

    private final long outageNanos;
    private final long latencyNanos;
    private final RateLimiter limiter;
    private int[] attempts = new int[1_024];
    private int failedAfterOutage;

    /**
     * Creates a target.
     *
     * @param latencyMillis how long a request takes that is served
     */
    BacklogTarget(int outageSeconds, int capacity, int latencyMillis) {
        this.outageNanos = outageSeconds * SECOND;
        this.latencyNanos = latencyMillis * MILLI;
        this.limiter = new RateLimiter(capacity, Math.max(MIN_BURST, capacity / 10));
    }

    /** Returns the time that a request with this response takes. */
    long nanos(Response response) {
        return response == Response.DONE ? latencyNanos : FAILURE_NANOS;
    }

    /** Returns whether requests take so long that the attempts of others end meanwhile. */
    boolean isSlow() {
        return latencyNanos > FAST_NANOS;
    }

    /** The response to a request. */
    enum Response {
        REFUSED {
            @Override
            void orThrow() throws RefusedException {
                throw new RefusedException();
            }
        },
        OVERLOADED {
            @Override
            void orThrow() throws ServiceErrorException {
                throw new ServiceErrorException(503, Optional.empty());
            }
        },
        DONE {
            @Override
            void orThrow() {
                // It has succeeded.
            }
        };

        abstract void orThrow() throws Exception;
    }

    Response respond(long now) {
        int second = Math.toIntExact(now / SECOND);
        if (second >= attempts.length) {
            attempts = Arrays.copyOf(attempts, 2 * second);
        }
        attempts[second]++;
        if (now < outageNanos) {
            return Response.REFUSED;
        }
        if (limiter.tryAcquire(now)) {
            return Response.DONE;
        }
        failedAfterOutage++;
        return Response.OVERLOADED;
    }

    /** The requests of each second, then zeros. */
    List<Integer> attempts(int seconds) {
        return IntStream.range(0, seconds)
                .mapToObj(second -> second < attempts.length ? attempts[second] : 0)
                .toList();
    }

    int failedAfterOutage() {
        return failedAfterOutage;
    }
}
