package dev.respite.call;

import dev.respite.AsyncOperation;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.ValueReleasedException;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a call until a condition holds for its value: a job is done, a replica has caught up, a file exists.
 *
 * <pre>{@code
 * Job job = Polling.of(retry).withTotalTimeout(Duration.ofMinutes(5)).callUntil(() -> client.job(id), Job::isDone);
 * }</pre>
 *
 * <p>A value that is not ready is no failure. Each poll is a call of the retry, which retries failures by its policy and its
 * budget. A failure on which it gives up ends the poll. The next poll after a value that is not ready is no retry, and costs no
 * budget. It is made after a delay that grows by half each time from 500 ms to 5 s. Half of each delay is random, so that
 * clients that wait for the same thing do not poll at the same moment. After a total timeout of 60 s the poll ends with a
 * {@link NotReadyException}.
 *
 * <p>The timeout is checked when the next delay is chosen: a poll that runs ends by the timeouts of the retry. A value that is
 * not ready is closed if it is {@link AutoCloseable}.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class Polling {

    private static final RetryPolicy SCHEDULE =
            RetryPolicy.parse("unbounded=\"the total timeout ends a poll\" backoff=exponential base-delay=500ms"
                    + " multiplier=1.5 max-delay=5s jitter=equal total-timeout=60s budget=off");

    private static final Verdict NOT_READY = Verdict.transientError(ErrorKind.RESULT);

    private final Retry retry;
    private final RetryPolicy schedule;

    private Polling(Retry retry, RetryPolicy schedule) {
        this.retry = retry;
        this.schedule = schedule;
    }

    /**
     * {@return a poll that makes calls of a retry, with the default delays and the default timeout}
     *
     * @param retry the retry
     */
    public static Polling of(Retry retry) {
        return new Polling(Objects.requireNonNull(retry, "retry"), SCHEDULE);
    }

    /**
     * {@return this poll with other delays between polls} They grow by half each time from the first to the longest, and half of
     * each is random.
     *
     * @param first the delay after the first value that is not ready: above zero, and below the total timeout
     * @param longest the longest delay, at least the first; the same as the first for a fixed interval
     * @throws IllegalArgumentException if the delays are out of their ranges
     */
    public Polling withDelays(Duration first, Duration longest) {
        return with(Map.of("base-delay", ValueFormat.format(first), "max-delay", ValueFormat.format(longest)));
    }

    /**
     * {@return this poll with another total timeout}
     *
     * @param timeout how long the polls may take together, above the first delay
     * @throws IllegalArgumentException if the timeout is out of its range
     */
    public Polling withTotalTimeout(Duration timeout) {
        return with(Map.of("total-timeout", ValueFormat.format(timeout)));
    }

    /** All settings are given, so that those which contradict each other are refused. */
    private Polling with(Map<String, String> changed) {
        Map<String, String> all = new LinkedHashMap<>(schedule.settings());
        all.putAll(changed);
        return new Polling(retry, RetryPolicy.of(all));
    }

    /**
     * Calls the operation on this thread until a condition holds for its value.
     *
     * @param operation the work, which may be run any number of times
     * @param condition returns true for a value that ends the poll; it is pure
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the first value for which the condition holds
     * @throws X the failure on which a call of the retry gave up, or of the condition, as it was thrown
     * @throws NotReadyException if the time was up, or the thread was interrupted in a delay; its interrupt flag is set then
     */
    public <T extends @Nullable Object, X extends Exception> T callUntil(
            Operation.Simple<T, X> operation, Predicate<? super T> condition) throws X {
        Objects.requireNonNull(operation, "operation");
        Condition ready = new Condition(condition);
        CallResult<T> last = CallResult.call(polls(ready), (Callable<T>) () -> retry.call(operation));
        return Polling.<T, X>valueOf(last, ready);
    }

    /**
     * Calls asynchronous work until a condition holds for its value. No thread is held between polls.
     *
     * @param operation the work, which may be run any number of times
     * @param condition returns true for a value that ends the poll; it is pure
     * @param <T> the type of the value
     * @return completes with the first value for which the condition holds. It fails with the failure on which a call of the
     *     retry gave up, with the failure of the condition, or with a {@link NotReadyException}. Cancelling it ends the poll
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsyncUntil(
            AsyncOperation.Simple<T> operation, Predicate<? super T> condition) {
        Objects.requireNonNull(operation, "operation");
        Condition ready = new Condition(condition);
        CompletableFuture<CallResult<T>> polled = CallResult.callAsync(polls(ready), () -> retry.callAsync(operation));
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletableFuture<?> unusedForward = polled.whenComplete((last, bug) -> {
            if (bug == null) {
                complete(result, last, ready);
            } else {
                result.completeExceptionally(bug);
            }
        });
        CompletableFuture<?> unusedCancel = result.whenComplete((value, error) -> polled.cancel(true));
        return result;
    }

    private static <T extends @Nullable Object> void complete(
            CompletableFuture<T> result, CallResult<T> last, Condition ready) {
        try {
            result.complete(Polling.<T, RuntimeException>valueOf(last, ready));
        } catch (Throwable error) {
            result.completeExceptionally(error);
        }
    }

    /** The polls, as attempts of a call of their own: failures end it, since the retry has dealt with them. */
    private Retry polls(Condition ready) {
        return Retry.withoutWarnings(schedule.withClassifier(ready), retry.time())
                .withName(retry.name())
                .withContext(retry.context());
    }

    /** Evaluates the condition of one poll. An exception of the condition ends the poll. */
    private static final class Condition implements Classifier {

        private final Predicate<Object> ready;
        private volatile @Nullable Throwable failure;

        @SuppressWarnings("unchecked") // the operation returns the values
        Condition(Predicate<?> condition) {
            this.ready = (Predicate<Object>) Objects.requireNonNull(condition, "condition");
        }

        @Override
        public Verdict classify(Outcome<?> outcome) {
            if (!(outcome instanceof Outcome.Success<?> success)) {
                return Verdict.fatal();
            }
            try {
                return ready.test(success.value()) ? Verdict.accept() : NOT_READY;
            } catch (Throwable thrown) {
                failure = thrown;
                return Verdict.fatal();
            }
        }
    }

    private static <T extends @Nullable Object, X extends Exception> T valueOf(CallResult<T> last, Condition ready)
            throws X {
        Outcome<T> outcome = last.outcome();
        @Nullable Throwable thrown = ready.failure;
        if (thrown != null) {
            close(valueIn(outcome), thrown);
            throw Polling.<X>asIs(thrown);
        }
        if (outcome instanceof Outcome.Failure<T> failed && !isReleased(failed, last.stopReason())) {
            throw Polling.<X>asIs(failed.error());
        }
        if (last.isAccepted()) {
            return ((Outcome.Success<T>) outcome).value();
        }
        throw notReady(outcome, last.history());
    }

    /** Returns whether the poll ended in a delay, before which the last value was closed. */
    private static boolean isReleased(Outcome.Failure<?> failed, StopReason reason) {
        return failed.error() instanceof ValueReleasedException && reason != StopReason.FATAL;
    }

    private static NotReadyException notReady(Outcome<?> last, History history) {
        @Nullable Object value = valueIn(last);
        NotReadyException ended = new NotReadyException(value instanceof AutoCloseable ? null : value, history);
        close(value, ended);
        return ended;
    }

    private static @Nullable Object valueIn(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success<?> success ? success.value() : null;
    }

    /** Closes a value that is not returned, if it can be closed. */
    private static void close(@Nullable Object value, Throwable ended) {
        if (!(value instanceof AutoCloseable closeable)) {
            return;
        }
        try {
            closeable.close();
        } catch (Exception bug) {
            if (bug instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            ended.addSuppressed(bug);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws the given error, whatever its type
    private static <X extends Throwable> X asIs(Throwable error) throws X {
        throw (X) error;
    }
}
