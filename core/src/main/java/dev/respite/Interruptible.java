package dev.respite;

import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Work whose attempts are interrupted on their thread when the policy's time for them is up. */
final class Interruptible<T extends @Nullable Object, X extends Exception> implements Operation<T, X> {

    private final Operation<T, X> operation;
    private final Retry retry;

    Interruptible(Operation<T, X> operation, Retry retry) {
        this.operation = operation;
        this.retry = retry;
    }

    @Override
    public T attempt(Attempt attempt) throws X {
        Optional<Duration> limit = retry.policy().timeoutOf(attempt);
        if (limit.isEmpty()) {
            return operation.attempt(attempt);
        }
        try {
            return TimeLimit.in(retry.time()).call(limit.get(), () -> operation.attempt(attempt));
        } catch (Exception thrown) {
            // What the operation throws, or the TimeoutException of the limit.
            Retry.<RuntimeException>throwAsIs(thrown);
            throw new AssertionError(thrown);
        }
    }
}
