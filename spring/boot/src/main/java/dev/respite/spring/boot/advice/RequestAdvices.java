package dev.respite.spring.boot.advice;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cause.CauseChain;
import dev.respite.http.exchange.RetryAdvice;
import dev.respite.http.exchange.ServerHint;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponse;

/**
 * Listens to the retries of the application, and decides about the advice to the callers of its requests.
 *
 * <p>A call belongs to the request of the thread on which it begins. The carrier of {@link Retry#withContext} has the request when
 * an asynchronous call ends on another thread. A failure is recognized by identity, on whatever thread its call began.
 * Safe for use by any number of threads.
 */
final class RequestAdvices implements RetryListener, BeanPostProcessor {

    /** An error of the server has a status from this one on, up to {@link #MAX_STATUS}. */
    private static final int MIN_STATUS = 500;

    private static final int MAX_STATUS = 599;

    private static final Map<String, String> FIELDS = ServerHint.doNotRetry().fields();

    /** The fields by which an application gives advice of its own. */
    private static final List<String> OWN_FIELDS =
            List.of("x-should-retry", HttpHeaders.RETRY_AFTER, "retry-after-ms", "stripe-should-retry");

    @SuppressWarnings("ThreadLocalUsage") // one for each application
    private final ThreadLocal<@Nullable RequestAdvice> current = new ThreadLocal<>();

    private final FinalFailures failures = new FinalFailures();

    /** Listens to each retry of the application, with the policy of a property or of its own. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof Retry retry)) {
            return bean;
        }
        UnaryOperator<Runnable> carrier = retry.context();
        return retry.withListener(this).withContext(task -> carry(carrier.apply(task)));
    }

    private Runnable carry(Runnable task) {
        @Nullable RequestAdvice advice = current();
        return advice == null
                ? task
                : () -> {
                    @Nullable RequestAdvice before = enter(advice);
                    try {
                        task.run();
                    } finally {
                        leave(before);
                    }
                };
    }

    /** The request of this thread. */
    @Nullable
    RequestAdvice current() {
        return current.get();
    }

    /** Makes a request the one of this thread; returns the one before. */
    @Nullable
    RequestAdvice enter(RequestAdvice advice) {
        @Nullable RequestAdvice before = current();
        current.set(advice);
        return before;
    }

    /** Restores what the thread had before: no pool keeps a request. */
    void leave(@Nullable RequestAdvice before) {
        if (before == null) {
            current.remove();
        } else {
            current.set(before);
        }
    }

    /** A success at the first attempt counts too: it follows a failure that the application has handled. */
    @Override
    public Interest interest() {
        return Interest.COUNTS;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded call && call.reason() != StopReason.ACCEPTED) {
            failed(call);
        } else if (event instanceof RetryEvent.CallEnded || event instanceof RetryEvent.FirstAttemptSucceeded) {
            @Nullable RequestAdvice advice = current();
            if (advice != null) {
                advice.succeeded();
            }
        }
    }

    private void failed(RetryEvent.CallEnded call) {
        // The result of the request is that of another call, such as the failure that has ended them all.
        if (call.reason() == StopReason.CANCELLED) {
            return;
        }
        @Nullable RequestAdvice advice = current();
        RetryAdvice ofCall = new RetryAdvice();
        ofCall.on(call);
        boolean gaveUp = ofCall.hint() != ServerHint.NONE;
        if (call.outcome() instanceof Outcome.Failure<?> failed) {
            // A call around another one may take the failure for fatal on which the inner one has given up.
            gaveUp = gaveUp || hasGivenUpOn(failed.error(), advice);
            if (gaveUp) {
                failures.add(CauseChain.unwrap(failed.error()));
            }
        }
        if (advice != null) {
            advice.failed(gaveUp, call.outcome() instanceof Outcome.Success<?> ? lastOutcome(call.history()) : null);
        }
    }

    /** Returns the outcome of the last attempt: for a response, the name of its status. */
    private static @Nullable String lastOutcome(History history) {
        List<History.Entry> last = history.last().isEmpty() ? history.first() : history.last();
        return last.isEmpty() ? null : last.get(last.size() - 1).outcome();
    }

    private boolean hasGivenUpOn(Throwable failure, @Nullable RequestAdvice advice) {
        return CauseChain.first(failure, cause -> Optional.of(cause).filter(failures::contains))
                        .isPresent()
                || NestedRetries.hasGivenUp(failure)
                || (advice != null && advice.hasGivenUpOn(failure));
    }

    /** Notes the failure that has left the handler of a request. One that stands for a response alone is such a response. */
    void left(RequestAdvice advice, Throwable failure) {
        if (!(failure instanceof ErrorResponse) || failure.getCause() != null) {
            advice.left(hasGivenUpOn(failure, advice));
        }
    }

    /**
     * Returns the fields to add to the response of a request, before it is committed.
     *
     * @param isSet whether the response has a field
     */
    static Map<String, String> fields(RequestAdvice advice, int status, Predicate<String> isSet) {
        boolean advises = status >= MIN_STATUS && status <= MAX_STATUS && advice.isGivenUp();
        return advises && OWN_FIELDS.stream().noneMatch(isSet) ? FIELDS : Map.of();
    }
}
