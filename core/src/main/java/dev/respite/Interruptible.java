package dev.respite;

import dev.respite.driver.TimeLimit;
import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Work whose attempts are interrupted on their thread when the policy's time for them is up. */
final class Interruptible<T extends @Nullable Object> implements Operation<T, Exception> {

    private final Operation<T, ?> operation;
    private final CallContext context;

    Interruptible(Operation<T, ?> operation, CallContext context) {
        this.operation = operation;
        this.context = context;
    }

    /** Throws the exception of the operation, or the TimeoutException of the limit. */
    @Override
    public T attempt(Attempt attempt) throws Exception {
        Optional<Duration> limit = context.policy().timeoutOf(attempt);
        if (limit.isEmpty()) {
            return operation.attempt(attempt);
        }
        return TimeLimit.of(context.time()).call(limit.get(), () -> operation.attempt(attempt));
    }
}
