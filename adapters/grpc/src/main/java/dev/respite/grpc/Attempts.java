package dev.respite.grpc;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.grpc.UnaryAttempt.Response;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The attempts of one call, one after the other: begins and judges them. */
final class Attempts<Q, R> implements AsyncOperation<@Nullable R> {

    private static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private final Function<CallOptions, ClientCall<Q, R>> channel;
    private final boolean isRepeatable;
    private final CallOptions options;
    final Context context = Context.current();
    private final @Nullable Deadline deadline;
    private final Classifier classifier;
    private Retry retry;

    /** The request of the caller, of which each attempt sends a copy. */
    Metadata headers = new Metadata();

    @Nullable
    Q message;

    boolean isCompressed = true;

    /** The attempt that has begun last; null if it could not begin. */
    volatile @Nullable UnaryAttempt<Q, R> newest;

    private volatile int number;

    Attempts(Retry retry, boolean isRepeatable, CallOptions options, Function<CallOptions, ClientCall<Q, R>> channel) {
        this.isRepeatable = isRepeatable;
        this.deadline = least(options.getDeadline(), context.getDeadline());
        this.options = options.withDeadline(deadline);
        this.channel = channel;
        this.classifier = retry.policy().classifier();
        this.retry = retry;
    }

    private static @Nullable Deadline least(@Nullable Deadline one, @Nullable Deadline other) {
        return one == null ? other : other == null ? one : one.minimum(other);
    }

    /** Begins the first attempt. No delay of the call reaches the deadline of its caller, and none ends after it. */
    CompletableFuture<@Nullable R> begin() {
        if (deadline != null) {
            Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
            retry = retry.withPolicy(retry.policy().withTotalTimeoutAtMost(left));
        }
        retry = retry.driver().withClassifier(this::classify);
        return retry.callAsyncWithAttempt(this);
    }

    /** Returns the response of the last attempt if the call has ended with it; otherwise a response that states the failure. */
    Response<R> response(@Nullable Throwable failure) {
        UnaryAttempt<Q, R> last = newest;
        return last != null && last.failure == failure
                ? Objects.requireNonNull(last.response)
                : Response.of(Status.fromThrowable(Objects.requireNonNull(failure)));
    }

    /** An attempt ends by its own deadline. */
    @Override
    public boolean enforcesTimeout() {
        return true;
    }

    @Override
    public CompletableFuture<@Nullable R> attempt(Attempt attempt) throws Exception {
        number = attempt.number();
        newest = null;
        Metadata sent = new Metadata();
        sent.merge(headers);
        if (number > 1) {
            sent.discardAll(PREVIOUS_ATTEMPTS);
            sent.put(PREVIOUS_ATTEMPTS, Integer.toString(number - 1));
        }
        CallOptions limited =
                retry.policy().timeoutOf(attempt).map(this::within).orElse(options);
        UnaryAttempt<Q, R> begun = context.call(() -> new UnaryAttempt<>(channel, limited));
        newest = begun;
        context.run(() -> begun.start(sent, Objects.requireNonNull(message), isCompressed));
        return begun.result;
    }

    private CallOptions within(Duration limit) {
        Deadline own = Deadline.after(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
        return options.withDeadline(least(own, deadline));
    }

    private Verdict classify(Outcome<?> outcome) {
        Verdict verdict = GrpcRules.classify(
                classifier.classify(outcome), outcome, retry.policy().rules());
        if (verdict instanceof Verdict.Transient error) {
            UnaryAttempt<Q, R> last = newest;
            if (!isRepeatable && (last == null || !last.isUnsent)) {
                return Verdict.fatal(StopReason.NOT_IDEMPOTENT, error.kind());
            }
            if (message instanceof InputStream) {
                return Verdict.fatal(StopReason.INPUT_CONSUMED, error.kind());
            }
        }
        if (verdict instanceof Verdict.Fatal fatal && fatal.reason() == StopReason.RETRY_FORBIDDEN_BY_SERVER) {
            // A sign of overload, which the engine does not count where the verdict is fatal.
            retry.budget()
                    .failed(new FailedAttempt(fatal.kind(), number, retry.time().nanoTime(), 0));
        }
        return verdict;
    }
}
