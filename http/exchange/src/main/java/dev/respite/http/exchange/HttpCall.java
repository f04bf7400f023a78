package dev.respite.http.exchange;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.logging.FailureText;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of an HTTP client, whichever driver runs it: begins its attempts, judges their outcomes, and knows the outcome that
 * a delay began with.
 */
final class HttpCall<R> implements Classifier {

    /** The time that the body of a response may still take when the call has ended in a delay. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** A longer value of a header field is cut in an event. */
    private static final int MAX_SHOWN = 100;

    private static final ErrorKind READER = ErrorKind.of("reader");
    private static final ErrorKind CANCELLED = ErrorKind.of("cancelled");
    private static final ErrorKind PREPARATION = ErrorKind.of("preparation");

    private final Transport<R> transport;
    private final HttpConfig config;
    private final Judge<R> judge;
    private final Retry retry;
    private final TimeSource time;
    private final Predicate<URI> numbered;
    private final OpenCalls calls;

    /** The turn of the attempts to be read; null if they follow each other. */
    private final @Nullable ReadingTurn turn;

    private volatile @Nullable Sent<R> newest;

    /** An attempt, and those that were sent before it and may still run. */
    private record Sent<R>(
            ExchangeAttempt attempt,
            Transport<R> transport,
            @Nullable Sent<R> before) {}

    /** The response that was released before the delay in which the call is, or was last. */
    private volatile @Nullable R detached;

    /** The last failure that was the server's or the network's. */
    private volatile @Nullable Throwable lastFailure;

    /** The future of an asynchronous call. */
    private volatile @Nullable CompletableFuture<R> call;

    private final Runnable endDelay = this::endDelay;
    private final AtomicBoolean over = new AtomicBoolean();

    /** The number of attempts that have begun and are not judged. */
    private final AtomicInteger running = new AtomicInteger();

    /** True if an attempt was not made because the client was shut down. */
    private volatile boolean shutDown;

    /** True while the call is in a delay, as far as is known. */
    private volatile boolean endsDelay;

    /** A call whose attempts run beside each other if there is a turn. */
    HttpCall(Transport<R> transport, HttpConfig config, @Nullable ReadingTurn turn) {
        this.transport = transport;
        this.config = config;
        this.turn = turn;
        this.retry = config.retry();
        this.time = config.time();
        this.numbered = config.fields().numbered();
        this.calls = config.calls();
        this.judge = new Judge<>(transport, config.rules(), config.keys(), time);
    }

    /** Returns a retry of its origin for this call: judged by the rules of HTTP, with the time of its driver. */
    @SuppressWarnings("unchecked") // the only values of this call are its own responses
    Retry retry(Retry ofOrigin, TimeSource driven) {
        return ofOrigin.withDriver(this, (Class<R>) Object.class, this::detach, driven);
    }

    /** Begins an attempt. After a shutdown of the client there is no further one. */
    ExchangeAttempt begin(Attempt attempt, Transport<R> own) throws IOException {
        running.incrementAndGet();
        endsDelay = false;
        calls.resumed(endDelay);
        if (attempt.number() > 1 && calls.areClosed()) {
            shutDown = true;
            throw new IOException("closed");
        }
        Deadline deadline = Deadline.after(timeout(attempt), time);
        ExchangeAttempt begun = new ExchangeAttempt(attempt, headers(attempt.number()), deadline, judge, turn);
        newest = new Sent<>(begun, own, turn == null ? null : newest);
        return begun;
    }

    private Map<String, String> headers(int number) {
        if (number == 1 || !numbered.test(transport.uri())) {
            return judge.mintedKey();
        }
        Map<String, String> headers = new HashMap<>(judge.mintedKey());
        headers.put(ExchangeAttempt.NUMBER_HEADER, Integer.toString(number));
        return Map.copyOf(headers);
    }

    /** Keeps of a rejected response what the call would end with in its delay, and releases its connection. */
    private R detach(R response) {
        R kept = transport.detach(response);
        detached = kept;
        delayBegins();
        return kept;
    }

    /** A shutdown of the client may end the delay, if there is one: the call has its last outcome. */
    private void delayBegins() {
        if (running.get() > 0) {
            return;
        }
        endsDelay = true;
        calls.delayed(endDelay);
        if (over.get()) {
            calls.resumed(endDelay);
        }
    }

    /** The attempt's own time; a response that was detached has had a delay since, and is in memory. */
    Deadline readDeadline(R last) {
        @Nullable Sent<R> sent = sentWith(last);
        return sent != null && detached != last ? sent.attempt().deadline() : Deadline.after(Optional.of(GRACE), time);
    }

    /** The response before the delay, if the call failed by something that is no outcome: a shutdown, or a changed body. */
    Optional<R> lastBefore(Throwable failure) {
        return isNoOutcome(failure) ? Optional.ofNullable(detached) : Optional.empty();
    }

    /** Likewise, the failure before the delay; else the failure. */
    Throwable failureBefore(Throwable failure) {
        Throwable before = lastFailure;
        return before != null && isNoOutcome(failure) ? before : failure;
    }

    private boolean isNoOutcome(Throwable failure) {
        return switch (causeOf(failure)) {
            case CLOSED, INPUT -> true;
            case EXCHANGE, EXCHANGE_AFTER_DELIVERY, CALLER, CANCELLED -> false;
        };
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

    private Transport.Cause causeOf(Throwable failure) {
        @Nullable Sent<R> sent = sentWith(failure);
        return shutDown ? Transport.Cause.CLOSED : (sent == null ? transport : sent.transport()).causeOf(failure);
    }

    /** The attempt that has ended with a response or a failure; null if none that was sent has. */
    private @Nullable Sent<R> sentWith(Object outcome) {
        @Nullable Sent<R> sent = newest;
        while (turn != null && sent != null && sent.attempt().outcome() != outcome) {
            sent = sent.before();
        }
        return sent;
    }

    /** Returns whether the server or the network has caused a failure of the last attempt. */
    boolean isOfTheExchange(Throwable failure) {
        return !endedInPreparation(failure)
                && switch (causeOf(failure)) {
                    case EXCHANGE, EXCHANGE_AFTER_DELIVERY -> true;
                    case CLOSED, INPUT, CALLER, CANCELLED -> false;
                };
    }

    /** Returns the failure that a breaker receives for a status that is retried by default; null for any other status. */
    @Nullable
    ErrorStatusException errorStatus(R response) {
        int status = transport.status(response);
        if (!HttpRules.isRetried(status)) {
            return null;
        }
        URI server = transport.respondingUri(response);
        return new ErrorStatusException(status, server == null ? transport.uri() : server);
    }

    private boolean endedInPreparation(Throwable failure) {
        @Nullable Sent<R> sent = sentWith(failure);
        return sent != null && sent.attempt().endedInPreparation();
    }

    @Override
    @SuppressWarnings("unchecked") // the values of this call are its responses
    public Verdict classify(Outcome<?> outcome) {
        running.decrementAndGet();
        return outcome instanceof Outcome.Failure<?> failure
                ? failed(failure.error())
                : responded((R) ((Outcome.Success<?>) outcome).value());
    }

    private Verdict responded(R response) {
        Verdict verdict = judge.response(response);
        if (!(verdict instanceof Verdict.Accept)) {
            releaseTurn(response);
            if (verdict instanceof Verdict.Fatal refused && judge.isRefusedRetry(response)) {
                countRefusal(response, refused.kind());
            }
            judge.unreadableRetryAfter(response).ifPresent(this::publishUnreadable);
        }
        return verdict;
    }

    /**
     * Counts a refused retry as a failed attempt of the budget, which is a sign of overload. The engine counts no attempt whose
     * verdict is fatal.
     */
    private void countRefusal(R response, ErrorKind kind) {
        @Nullable Sent<R> sent = sentWith(response);
        int number = sent == null ? 1 : sent.attempt().attempt().number();
        RetryBudget budget = config.retry(transport.origin()).budget();
        RetryBudgets.guarded(budget, bug -> retry.publish(new RetryEvent.CallbackFailed(retry.name(), "budget", bug)))
                .failed(new FailedAttempt(kind, number, time.nanoTime(), 0));
    }

    private void publishUnreadable(String value) {
        String shown = FailureText.bounded(value, MAX_SHOWN);
        retry.publish(new RetryEvent.CallbackFailed(
                retry.name(),
                "Retry-After",
                new IllegalArgumentException(
                        "Retry-After: " + shown + ": expected seconds or a date of HTTP; the field is ignored")));
    }

    private Verdict failed(Throwable failure) {
        if (endedInPreparation(failure)) {
            return Verdict.fatal(StopReason.FATAL, PREPARATION);
        }
        Transport.Cause cause = causeOf(failure);
        if (cause == Transport.Cause.CLOSED) {
            return closed(ErrorKind.OTHER);
        }
        if (cause == Transport.Cause.INPUT) {
            return Verdict.fatal(StopReason.INPUT_CONSUMED, ErrorKind.OTHER);
        }
        if (cause == Transport.Cause.CALLER) {
            return Verdict.fatal(StopReason.FATAL, READER);
        }
        if (cause == Transport.Cause.CANCELLED) {
            return Verdict.fatal(StopReason.CANCELLED, CANCELLED);
        }
        detached = null;
        lastFailure = failure;
        Verdict verdict = judge.failure(failure);
        if (!(verdict instanceof Verdict.Transient error)) {
            return verdict;
        }
        if (cause == Transport.Cause.EXCHANGE_AFTER_DELIVERY) {
            return Verdict.fatal(StopReason.PARTLY_DELIVERED, error.kind());
        }
        releaseTurn(failure);
        if (calls.areClosed()) {
            return closed(error.kind());
        }
        delayBegins();
        return verdict;
    }

    /** The client has been shut down: no further attempt is made, and one that runs beside this one goes on. */
    private Verdict closed(ErrorKind kind) {
        return Verdict.fatal(turn == null ? StopReason.FATAL : StopReason.EXECUTOR_REFUSED, kind);
    }

    /** An attempt has ended without a good response: another one may be read. */
    private void releaseTurn(Object outcome) {
        @Nullable Sent<R> sent = sentWith(outcome);
        if (sent != null) {
            sent.attempt().releaseTurn();
        }
    }

    /** Returns the least of the attempt timeout, the timeout of the request and the rest of the total timeout. */
    private Optional<Duration> timeout(Attempt attempt) {
        Optional<Duration> own = transport.timeout();
        Optional<Duration> policys = retry.policy().timeoutOf(attempt);
        return own.isEmpty()
                ? policys
                : Stream.concat(own.stream(), policys.stream()).min(Duration::compareTo);
    }
}
