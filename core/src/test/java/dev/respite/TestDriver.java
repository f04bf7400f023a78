package dev.respite;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The drivers of core, each of which runs a script of outcomes on virtual time. */
enum TestDriver {
    BLOCKING {
        @Override
        Object run(Retry retry, Script script) {
            return retry.call(script);
        }
    },

    PAST_A_BREAKER {
        @Override
        Object run(Retry retry, Script script) {
            return BreakerPerAttempt.of(retry, new Closed()).call(script);
        }
    },

    INTERRUPTIBLE {
        @Override
        Object run(Retry retry, Script script) throws Exception {
            return retry.callWithInterrupt(script);
        }
    },

    ASYNCHRONOUS {
        @Override
        Object run(Retry retry, Script script) throws Throwable {
            return value(retry, retry.callAsyncWithAttempt(attempt -> stage(script, attempt)));
        }
    },

    ASYNCHRONOUS_THROWING {
        @Override
        Object run(Retry retry, Script script) throws Throwable {
            return value(
                    retry,
                    retry.callAsyncWithAttempt(attempt -> CompletableFuture.completedFuture(script.attempt(attempt))));
        }
    },

    HEDGED {
        @Override
        Object run(Retry retry, Script script) throws Throwable {
            int attempts = Math.max(2, retry.policy().limits().maxAttempts());
            Hedge hedge = Hedge.of(retry, Duration.ofMillis(1)).withMaxAttempts(attempts);
            return value(retry, hedge.callIdempotentWithAttempt(attempt -> stage(script, attempt)));
        }
    };

    /** Runs a call to its end; throws the failure of the call as it is. */
    abstract Object run(Retry retry, Script script) throws Throwable;

    /** Whether the operation runs, and throws, on the thread of the call. */
    boolean isBlocking() {
        return this == BLOCKING || this == PAST_A_BREAKER || this == INTERRUPTIBLE;
    }

    private static CompletableFuture<Object> stage(Script script, Attempt attempt) {
        try {
            return CompletableFuture.completedFuture(script.attempt(attempt));
        } catch (Throwable error) {
            return CompletableFuture.failedFuture(error);
        }
    }

    private static Object value(Retry retry, CompletableFuture<Object> call) throws Throwable {
        ((VirtualTime) retry.time()).runAll();
        Throwable failure = call.handle((value, error) -> error).join();
        if (failure != null) {
            throw failure;
        }
        return call.join();
    }

    /** A breaker that rejects nothing. */
    private static final class Closed implements Breaker {
        @Override
        public long acquire() {
            return 0;
        }

        @Override
        public void succeeded(long entered, @Nullable Object value) {}

        @Override
        public void failed(long entered, Throwable error) {}

        @Override
        public void release() {}

        @Override
        public boolean isRejection(Throwable failure) {
            return false;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.empty();
        }
    }
}
