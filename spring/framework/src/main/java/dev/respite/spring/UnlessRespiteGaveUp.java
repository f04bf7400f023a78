package dev.respite.spring;

import dev.respite.NestedRetries;
import java.lang.reflect.Method;
import org.springframework.resilience.retry.MethodRetryPredicate;

/**
 * Keeps Spring's {@code @Retryable} from retrying a failure on which a call of Respite inside the method has given up. Without
 * it both multiply: four attempts of Respite inside four of Spring are 16 requests.
 *
 * <pre>{@code
 * @Retryable(predicate = UnlessRespiteGaveUp.class)
 * Quote quote(String symbol) { … }
 * }</pre>
 *
 * <p>{@link NestedRetries#hasGivenUp} recognizes such a failure. Safe for use by any
 * number of threads.
 */
public final class UnlessRespiteGaveUp implements MethodRetryPredicate {

    /** Spring creates the predicate from its class. */
    public UnlessRespiteGaveUp() {}

    @Override
    public boolean shouldRetry(Method method, Throwable failure) {
        return !NestedRetries.hasGivenUp(failure);
    }
}
