package dev.respite.http;

import dev.respite.AsyncOperation;
import dev.respite.NestedRetries;
import dev.respite.policy.Attempt;
import dev.respite.policy.Classifier;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of the client: runs its attempts, judges their outcomes, and reads the last answer.
 *
 * <p>An answer is judged by its status and headers before its body has a handler. One that may be retried is {@linkplain
 * HeldBody held}; any other goes to the caller's handler inside the attempt, so that half a body is a failed attempt.
 */
final class HttpCall<T extends @Nullable Object> implements Classifier, AsyncOperation<Answer<T>> {

    /** How long the next attempt waits for the last answer to be drained, so that it can have its connection. */
    private static final long DRAIN_NANOS = 100_000_000L;

    /** How long the body of the last answer may take where a wait was broken off. */
    private static final Duration HURRIED = Duration.ofSeconds(1);

    private final Setup setup;
    private final RetryPolicy policy;
    private final SafeTime time;
    private final HttpRules rules;
    private final Sendable request;
    private final BodyHandler<T> handler;

    private volatile Optional<HeldBody> lastHeld = Optional.empty();
    private volatile Deadline deadline = Deadline.NONE;
    private volatile boolean answered;

    /** What was left of the attempt's time when its answer came, but no more than {@link #HURRIED}, in nanoseconds. */
    private volatile long unspent;

    HttpCall(Setup setup, HttpRequest request, BodyHandler<T> handler) {
        this.setup = setup;
        this.policy = setup.retry().policy();
        this.time = new SafeTime(setup.retry().time());
        this.rules = new HttpRules(policy.rules());
        this.request = setup.prepare(request);
        this.handler = Objects.requireNonNull(handler, "responseBodyHandler");
    }

    /** Sends the request once, and waits for its answer. */
    Answer<T> attemptAndWait(Attempt attempt) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the request was sent");
        }
        deadline = Deadline.after(timeout(attempt), time);
        answered = false;
        if (lastHeld.isPresent()) {
            lastHeld.get().awaitDrained(deadline.within(DRAIN_NANOS));
        }
        return answer(await(exchange(attempt)));
    }

    /** Sends the request once. */
    @Override
    public CompletionStage<Answer<T>> attempt(Attempt attempt) {
        Deadline until = Deadline.after(timeout(attempt), time);
        deadline = until;
        answered = false;
        Flight<T> flight = new Flight<>(() -> exchange(attempt), this::answer);
        Optional<HeldBody> held = lastHeld;
        if (held.isPresent()) {
            Runnable send = new InContext(setup.retry().context(), NestedRetries.carry(flight::send));
            held.get().whenDrained(until.within(DRAIN_NANOS), time, send);
        } else {
            flight.send();
        }
        return until.limit(flight.landed(), flight::breakOff);
    }

    /** Each attempt has its {@link Deadline}, which also minds the request's own timeout. */
    @Override
    public boolean keepsTime() {
        return true;
    }

    private CompletableFuture<HttpResponse<Body<T>>> exchange(Attempt attempt) {
        return setup.delegate().sendAsync(request.forAttempt(attempt.number()), this::choose);
    }

    private Answer<T> answer(HttpResponse<Body<T>> response) {
        Verdict verdict = judge(response.uri(), response.statusCode(), response.headers());
        Answer<T> answer = Answer.of(response, verdict);
        lastHeld = answer.held().map(Body.Held::body);
        unspent = deadline.within(HURRIED.toNanos());
        return answer;
    }

    private HttpResponse<Body<T>> await(CompletableFuture<HttpResponse<Body<T>>> exchange)
            throws IOException, InterruptedException {
        return deadline.await(exchange, () -> {
            exchange.cancel(true);
            // It may have been complete before it could be cancelled: then nobody will read its body.
            CompletableFuture<Void> unused = exchange.thenAccept(Flight::giveUp);
        });
    }

    /** Reads the body of the last answer, if that was held. */
    HttpResponse<T> finish(Answer<T> last) throws IOException, InterruptedException {
        if (last.held().isEmpty()) {
            return last;
        }
        Body.Held<T> held = last.held().get();
        // The caller of an interrupted wait gets the last answer; the flag comes back when its body is there.
        boolean interrupted = Thread.interrupted();
        Deadline until = interrupted ? Deadline.after(Optional.of(HURRIED), time) : deadline;
        try {
            BodySubscriber<T> reader = handler.apply(held.info());
            CompletableFuture<T> body = reader.getBody().toCompletableFuture();
            held.body().readBy(reader);
            T value = until.await(body, held.body()::cancel);
            return last.with(value);
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            held.body().cancel();
            throw failed;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where dependents of an answer are told of it; it refuses nothing. */
    Executor executor() {
        return time.executor();
    }

    /** Begins to read the body of the last answer, if that was held. */
    CompletableFuture<Answer<T>> finishLater(Answer<T> last) {
        if (last.held().isEmpty()) {
            return CompletableFuture.completedFuture(last);
        }
        Body.Held<T> held = last.held().get();
        try {
            BodySubscriber<T> reader = handler.apply(held.info());
            CompletableFuture<T> body = reader.getBody().toCompletableFuture();
            held.body().readBy(reader);
            // Where the scheduler has refused the wait, or dropped it, the time of the attempt may have passed in it.
            return deadline.atLeast(unspent).limit(body.thenApply(last::with), held.body()::cancel);
        } catch (Throwable failed) {
            held.body().cancel();
            throw failed;
        }
    }

    @Override
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure) {
            return rules.classify(request.facts(answered), failure.error());
        }
        return ((Answer<?>) ((Outcome.Success<?>) outcome).value()).verdict();
    }

    private BodySubscriber<Body<T>> choose(ResponseInfo info) {
        answered = true;
        // Where the answer is from is not known yet; if it is from elsewhere, it is held in vain, and read later.
        if (judge(request.request().uri(), info.statusCode(), info.headers()) instanceof Verdict.Transient) {
            HeldBody held = new HeldBody();
            return BodySubscribers.mapping(held, body -> new Body.Held<>(info, body));
        }
        return BodySubscribers.mapping(handler.apply(info), Body.Read::new);
    }

    private Verdict judge(URI server, int status, HttpHeaders headers) {
        return rules.classify(request.factsAt(server), status, headers::allValues, time.wallTime());
    }

    /** The least of the attempt timeout, the request's own and what is left of the total timeout. */
    private Optional<Duration> timeout(Attempt attempt) {
        return Stream.concat(policy.timeoutOf(attempt).stream(), request.timeout().stream())
                .min(Duration::compareTo);
    }
}
