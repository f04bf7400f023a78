package dev.respite.spring;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Nested;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryState;
import org.springframework.core.retry.Retryable;
import org.springframework.util.backoff.BackOff;

/**
 * Lets Spring's {@code RetryTemplate} retry as a {@link Retry} would: for libraries that take Spring's interface, such as
 * Spring AMQP and Spring Kafka. Where the code is yours, call the {@code Retry} itself.
 *
 * <pre>{@code
 * RespiteRetryPolicy policy = RespiteRetryPolicy.of(retry);
 * RetryTemplate template = new RetryTemplate(policy);
 * template.setRetryListener(policy); // successes refill the budget
 * }</pre>
 *
 * <p>Uses the failures, the number of attempts, the delays and the total timeout of the policy, and pays from the budget of the
 * retry. A failure on which a call of Respite inside the operation has given up is not retried. There are
 * differences to a call of the retry. Its counts and listeners do not include the calls. A delay is rounded up to milliseconds.
 * The total timeout is measured by Spring's clock and, from the first failure on, also by the retry's. Calls do not wait for the
 * budget.
 *
 * <p>Works where {@code shouldRetry} and then {@code nextBackOff} are called on one thread, as by {@code RetryTemplate}. The
 * stateful interceptor of Spring AMQP calls {@code nextBackOff} before the failure is known; there each delay is the delay
 * of an error of the kind {@link ErrorKind#OTHER}. Rules for kinds of errors then decide only whether to retry.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RespiteRetryPolicy implements RetryPolicy, RetryListener {

    private final Retry retry;

    /**
     * Between {@code shouldRetry} and {@code nextBackOff}: the failure, as a {@link WeakReference}. Between {@code nextBackOff}
     * and {@code shouldRetry}, where they are called in that order: true.
     */
    @SuppressWarnings("ThreadLocalUsage") // each policy judges for itself, and there are few
    private final ThreadLocal<@Nullable Object> handedOver = new ThreadLocal<>();

    private RespiteRetryPolicy(Retry retry) {
        this.retry = retry;
    }

    /**
     * Decides as a retry does.
     *
     * @param retry the policy, the budget and the time
     * @return the policy for Spring
     */
    public static RespiteRetryPolicy of(Retry retry) {
        return new RespiteRetryPolicy(Objects.requireNonNull(retry, "retry"));
    }

    @Override
    public boolean shouldRetry(Throwable failure) {
        boolean isBackOffKnown = handedOver.get() instanceof Boolean;
        handedOver.remove();
        boolean isTransient = verdict(failure) instanceof Verdict.Transient && !isGivenUp(failure);
        if (isTransient && !isBackOffKnown) {
            handedOver.set(new WeakReference<>(failure));
        }
        return isTransient;
    }

    private boolean isGivenUp(Throwable failure) {
        return retry.policy().limits().nested() == Nested.SUPPRESS && NestedRetries.hasGivenUp(failure);
    }

    private Verdict verdict(Throwable failure) {
        return retry.policy().classify(outcome(failure));
    }

    private static Outcome<Object> outcome(Throwable failure) {
        return Outcome.failure(failure, Thread.currentThread().isInterrupted());
    }

    @Override
    public Duration getTimeout() {
        return retry.policy().limits().totalTimeout().orElse(Duration.ZERO);
    }

    @Override
    public BackOff getBackOff() {
        return () -> {
            handedOver.remove();
            return new PolicyBackOff(retry, this::takeFailure);
        };
    }

    /** The failure that {@code shouldRetry} has just judged on this thread; null if it has not been called. */
    private @Nullable Throwable takeFailure() {
        if (handedOver.get() instanceof WeakReference<?> judged) {
            handedOver.remove();
            return (Throwable) judged.get();
        }
        handedOver.set(true);
        return null;
    }

    /** Refills the budget when an execution has succeeded. */
    @Override
    public void onRetryableExecution(RetryPolicy policy, Retryable<?> retryable, RetryState state) {
        if (!state.isSuccessful()) {
            return;
        }
        RetryBudget budget = retry.budget();
        long now = budget.clockUse() == RetryBudget.ClockUse.NONE
                ? 0
                : retry.time().nanoTime();
        if (state.getRetryCount() == 0) {
            budget.succeeded(now);
        } else {
            budget.succeededAfter(state.getRetryCount() + 1, kind(state.getLastException()), now);
        }
    }

    private ErrorKind kind(Throwable failure) {
        return verdict(failure) instanceof Verdict.Transient error ? error.kind() : ErrorKind.OTHER;
    }

    /** The policy of the retry. */
    @Override
    public String toString() {
        return "RespiteRetryPolicy[" + retry.name() + ": " + retry.policy() + "]";
    }
}
