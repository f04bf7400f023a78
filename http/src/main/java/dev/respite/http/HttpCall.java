package dev.respite.http;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.AsyncOperation;
import dev.respite.ContextPropagation;
import dev.respite.NestedRetries;
import dev.respite.TimeLimit;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of an HTTP client, blocking or asynchronous: limits its attempts, judges their outcomes, releases rejected
 * responses before a delay, and has the last response read.
 *
 * @param <R> a response of the client
 */
final class HttpCall<R> implements Classifier, AsyncOperation<R> {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    /** How long the body of a response may still take when the call has ended in a delay. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final ErrorKind READER = ErrorKind.of("reader");

    private final Transport<R> transport;
    private final Function<? super R, Verdict> verdicts;
    private final RetryPolicy policy;
    private final HttpRules rules;
    private final TimeSource time;
    private final TimeLimit limits;
    private final UnaryOperator<Runnable> context;
    private final OpenCalls calls;

    private volatile Deadline deadline = Deadline.NONE;

    /** The response that was released before the delay in which the call is, or was last. */
    private volatile @Nullable R detached;

    /** The last failure that was the server's or the network's. */
    private volatile @Nullable Throwable lastFailure;

    /** The future of an asynchronous call. */
    private volatile @Nullable CompletableFuture<R> call;

    private final Runnable endDelay = this::endDelay;
    private final AtomicBoolean over = new AtomicBoolean();

    /** Whether an attempt was not made because the client was shut down. */
    private volatile boolean shutDown;

    /** Whether the call is in a delay, as far as is known. */
    private volatile boolean endsDelay;

    HttpCall(Transport<R> transport, Function<? super R, Verdict> verdicts, ClientConfig config) {
        this.transport = transport;
        this.verdicts = verdicts;
        this.policy = config.retry().policy();
        this.rules = new HttpRules(policy.rules());
        this.time = FallbackTimeSource.of(config.retry().time());
        this.limits = TimeLimit.of(time);
        this.context = config.retry().context();
        this.calls = config.calls();
    }

    /** Sends the request once, on this thread, and waits for its response. */
    R attemptAndWait(Attempt attempt) throws Exception {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the request was sent");
        }
        Deadline until = begin(attempt);
        transport.awaitReleased(until.within(DeferredBody.MAX_NANOS));
        return within(until, () -> transport.send(attempt.number()));
    }

    /** Starts to send the request once. */
    @Override
    public CompletionStage<R> attempt(Attempt attempt) throws IOException {
        Deadline until = begin(attempt);
        AsyncExchange<R> exchange = new AsyncExchange<>(transport, attempt.number(), until, time);
        transport.whenReleased(attempt.number() == 1 ? exchange : inContext(exchange));
        return exchange;
    }

    /** The exchange may have to wait until the last response is released; then another thread starts it. */
    private Runnable inContext(Runnable exchange) {
        return ContextPropagation.wrapOnce(context, NestedRetries.propagate(exchange), HttpCall::logContext);
    }

    private static void logContext(Throwable bug) {
        LOGGER.log(
                WARNING, "the context of an HTTP call has not been propagated: the function for that has thrown", bug);
    }

    private Deadline begin(Attempt attempt) throws IOException {
        endsDelay = false;
        calls.resumed(endDelay);
        if (attempt.number() > 1 && calls.areClosed()) {
            shutDown = true;
            throw new IOException("closed");
        }
        Deadline until = Deadline.after(timeout(attempt), time);
        deadline = until;
        return until;
    }

    /** Each attempt has its {@link Deadline}, which includes the request's own timeout. */
    @Override
    public boolean enforcesTimeout() {
        return true;
    }

    /** Keeps of a rejected response what the call would end with in its delay, and releases its connection. */
    R detach(R response) {
        R kept = transport.detach(response);
        detached = kept;
        delayBegins();
        return kept;
    }

    /** A shutdown of the client may end the delay, if there is one: the call has its last outcome. */
    private void delayBegins() {
        endsDelay = true;
        calls.delayed(endDelay);
        if (over.get()) {
            calls.resumed(endDelay);
        }
    }

    /** The last response with its body. */
    R finish(R last) throws Exception {
        if (!transport.isUnread(last)) {
            return last;
        }
        // After an interrupted delay the caller gets the last response all the same, and the flag back.
        boolean interrupted = Thread.interrupted();
        try {
            return within(readDeadline(last), () -> transport.read(last));
        } catch (InterruptedException again) {
            interrupted = true;
            throw again;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Begins to read the body of the last response. */
    void finishLater(R last, BiConsumer<? super R, @Nullable Throwable> done, CompletableFuture<?> until) {
        AsyncRead<R> read = new AsyncRead<>(done, readDeadline(last), transport, time);
        CompletableFuture<?> unused = until.whenComplete((value, error) -> read.abandon());
        transport.whenReleased(() -> read.start(last));
    }

    /** The attempt's own time; a response that was detached has had a delay since, and is in memory. */
    private Deadline readDeadline(R last) {
        return detached != last ? deadline : Deadline.after(Optional.of(GRACE), time);
    }

    /** The response before the delay, if the client was shut down in the delay and the call failed by that. */
    Optional<R> lastBeforeShutdown(Throwable failure) {
        return causeOf(failure) == Transport.Cause.CLOSED ? Optional.ofNullable(detached) : Optional.empty();
    }

    /** The failure before the delay, if the client was shut down in the delay and the call failed by that; else the failure. */
    Throwable failureBeforeShutdown(Throwable failure) {
        Throwable before = lastFailure;
        return before != null && causeOf(failure) == Transport.Cause.CLOSED ? before : failure;
    }

    /** Lets a shutdown of the client end the delays of this asynchronous call: it has its last response then. */
    void endsDelaysOf(CompletableFuture<R> retried) {
        call = retried;
        if (calls.areClosed()) {
            endDelay();
        }
    }

    private void endDelay() {
        CompletableFuture<R> retried = call;
        R last = detached;
        Throwable failure = lastFailure;
        if (retried == null || !endsDelay) {
            return;
        }
        if (last != null) {
            retried.complete(last);
        } else if (failure != null) {
            retried.completeExceptionally(failure);
        }
    }

    /** The call has ended. */
    void close() {
        if (over.compareAndSet(false, true)) {
            calls.resumed(endDelay);
            transport.close();
            calls.end();
        }
    }

    private <V> V within(Deadline until, Callable<V> work) throws Exception {
        Optional<Duration> left = until.remaining();
        if (left.isEmpty()) {
            return work.call();
        }
        try {
            return limits.call(left.get(), work);
        } catch (TimeoutException late) {
            throw transport.tooLate(until.limit().orElse(left.get()));
        }
    }

    private Transport.Cause causeOf(Throwable failure) {
        return shutDown ? Transport.Cause.CLOSED : transport.causeOf(failure);
    }

    /** Returns whether the server or the network has caused a failure of the last attempt. */
    boolean isOfTheExchange(Throwable failure) {
        return switch (causeOf(failure)) {
            case EXCHANGE, EXCHANGE_AFTER_DELIVERY -> true;
            case CLOSED, CALLER -> false;
        };
    }

    @Override
    public Verdict classify(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failure<?> failure ? judge(failure.error()) : judgeResponse(outcome);
    }

    private Verdict judge(Throwable failure) {
        Transport.Cause cause = causeOf(failure);
        if (cause == Transport.Cause.CLOSED) {
            return Verdict.fatal(StopReason.FATAL, ErrorKind.OTHER);
        }
        if (cause == Transport.Cause.CALLER) {
            return Verdict.fatal(StopReason.FATAL, READER);
        }
        detached = null;
        lastFailure = failure;
        Verdict verdict = rules.classify(transport.facts(), failure);
        if (!(verdict instanceof Verdict.Transient error)) {
            return verdict;
        }
        if (cause == Transport.Cause.EXCHANGE_AFTER_DELIVERY) {
            return Verdict.fatal(StopReason.PARTLY_DELIVERED, error.kind());
        }
        if (calls.areClosed()) {
            return Verdict.fatal(StopReason.FATAL, error.kind());
        }
        delayBegins();
        return verdict;
    }

    @SuppressWarnings("unchecked") // the values of this call are its responses
    private Verdict judgeResponse(Outcome<?> outcome) {
        return verdicts.apply((R) ((Outcome.Success<?>) outcome).value());
    }

    /** The least of the attempt timeout, the request's own and what is left of the total timeout. */
    private Optional<Duration> timeout(Attempt attempt) {
        Optional<Duration> own = transport.timeout();
        Optional<Duration> policys = policy.timeoutOf(attempt);
        return own.isEmpty()
                ? policys
                : Stream.concat(own.stream(), policys.stream()).min(Duration::compareTo);
    }
}
