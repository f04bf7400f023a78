package dev.respite.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The system that durable calls go to: it is down at first, then it answers so many requests a second and rejects the others. */
final class BacklogTarget {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private final long outageNanos;
    private final RateLimiter limiter;
    private int[] attempts = new int[1_024];
    private int failedAfterOutage;

    BacklogTarget(int outageSeconds, int capacity) {
        this.outageNanos = outageSeconds * SECOND;
        this.limiter = new RateLimiter(capacity, capacity / 10);
    }

    /** How a request ends, and after what time. */
    enum Response {
        REFUSED(10 * MILLI) {
            @Override
            void orThrow() throws RefusedException {
                throw new RefusedException();
            }
        },
        OVERLOADED(10 * MILLI) {
            @Override
            void orThrow() throws ServiceErrorException {
                throw new ServiceErrorException(503, Optional.empty());
            }
        },
        DONE(20 * MILLI) {
            @Override
            void orThrow() {
                // It has succeeded.
            }
        };

        private final long nanos;

        Response(long nanos) {
            this.nanos = nanos;
        }

        long nanos() {
            return nanos;
        }

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
