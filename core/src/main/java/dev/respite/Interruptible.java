package dev.respite;

import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Work whose attempts are interrupted on their thread when the policy's time for them is up. */
final class Interruptible<T extends @Nullable Object, X extends Exception> implements Operation<T, X> {

    private final Operation<T, X> operation;
    private final CallContext context;

    Interruptible(Operation<T, X> operation, CallContext context) {
        this.operation = operation;
        this.context = context;
    }

    @Override
    public T attempt(Attempt attempt) throws X {
        Optional<Duration> limit = context.policy().timeoutOf(attempt);
        if (limit.isEmpty()) {
            return operation.attempt(attempt);
        }
        try {
            return TimeLimit.of(context.time()).call(limit.get(), () -> operation.attempt(attempt));
        } catch (Exception thrown) {
            // What the operation throws, or the TimeoutException of the limit.
            CallerThread.<RuntimeException>throwAsIs(thrown);
            throw new AssertionError(thrown);
        }
    }
}
