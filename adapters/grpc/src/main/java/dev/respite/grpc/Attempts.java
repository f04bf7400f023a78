package dev.respite.grpc;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The attempts of one call, one after the other: begins and judges them. */
final class Attempts<Q, R> implements AsyncOperation<@Nullable R>, Classifier {

    private static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private final MethodDescriptor<Q, R> method;
    private final boolean isRepeatable;
    private final CallOptions options;
    private final Channel channel;
    final Context context = Context.current();
    private final @Nullable Deadline deadline;
    private final Classifier classifier;
    private Retry retry;

    private @Nullable Request<Q> request;

    /** The attempt that has begun last; null if it could not begin. */
    volatile @Nullable UnaryAttempt<Q, R> newest;

    private volatile int number;

    /** The request of the caller, of which each attempt sends a copy. */
    record Request<Q>(Metadata headers, Q message, boolean isCompressed) {}

    Attempts(Retry retry, MethodDescriptor<Q, R> method, boolean isRepeatable, CallOptions options, Channel channel) {
        this.method = method;
        this.isRepeatable = isRepeatable;
        this.options = options;
        this.channel = channel;
        this.deadline = least(options.getDeadline(), context.getDeadline());
        this.classifier = retry.policy().classifier();
        this.retry = retry;
    }

    private static @Nullable Deadline least(@Nullable Deadline one, @Nullable Deadline other) {
        return one == null ? other : other == null ? one : one.minimum(other);
    }

    /** Begins the first attempt. No delay of the call reaches the deadline of its caller, and none ends after it. */
    CompletableFuture<@Nullable R> begin(Request<Q> sent) {
        request = sent;
        if (deadline != null) {
            Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
            retry = retry.withPolicy(retry.policy().withTotalTimeoutAtMost(left));
        }
        retry = retry.withDriverClassifier(this);
        return retry.callAsyncWithAttempt(this);
    }

    /** Returns whether the deadline of the caller has passed. */
    boolean areLate() {
        return deadline != null && deadline.isExpired();
    }

    /** An attempt ends by its own deadline. */
    @Override
    public boolean enforcesTimeout() {
        return true;
    }

    @Override
    public CompletionStage<@Nullable R> attempt(Attempt attempt) {
        number = attempt.number();
        newest = null;
        Request<Q> sent = Objects.requireNonNull(request);
        Metadata headers = new Metadata();
        headers.merge(sent.headers());
        if (number > 1) {
            headers.discardAll(PREVIOUS_ATTEMPTS);
            headers.put(PREVIOUS_ATTEMPTS, Integer.toString(number - 1));
        }
        Optional<Deadline> own = retry.policy()
                .timeoutOf(attempt)
                .map(limit -> Deadline.after(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS));
        CallOptions limited = options.withDeadline(least(options.getDeadline(), own.orElse(null)));
        Context before = context.attach();
        try {
            UnaryAttempt<Q, R> begun = new UnaryAttempt<>(channel, method, limited);
            newest = begun;
            begun.start(headers, sent);
            return begun;
        } finally {
            context.detach(before);
        }
    }

    @Override
    public boolean judgesValues() {
        return classifier.judgesValues();
    }

    @Override
    public Verdict classify(Outcome<?> outcome) {
        Verdict policys = classifier.classify(outcome);
        UnaryAttempt<Q, R> last = newest;
        boolean isConnect =
                policys instanceof Verdict.Transient error && error.kind().equals(ErrorKind.CONNECT);
        boolean mayRepeat = isRepeatable || (last != null && last.isUnsent(isConnect));
        boolean isReplayable = !(Objects.requireNonNull(request).message() instanceof InputStream);
        Verdict verdict = GrpcRules.classify(
                policys, outcome, retry.policy().rules(), new GrpcRules.Facts(mayRepeat, isReplayable, areLate()));
        if (verdict instanceof Verdict.Fatal fatal
                && (fatal.reason() == StopReason.RETRY_FORBIDDEN_BY_SERVER
                        || fatal.reason() == StopReason.TOTAL_TIMEOUT)) {
            // A sign of overload, which the engine does not count where the verdict is fatal.
            RetryBudgets.guarded(retry.budget(), this::report)
                    .failed(new FailedAttempt(fatal.kind(), number, retry.time().nanoTime(), 0));
        }
        return verdict;
    }

    private void report(Throwable bug) {
        retry.publish(new RetryEvent.CallbackFailed(retry.name(), "budget", bug));
    }
}
