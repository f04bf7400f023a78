package dev.respite.http;

import dev.respite.http.exchange.AsyncTransport;
import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of the JDK's client.
 *
 * <p>A response is judged by its status and headers, before the caller's handler sees it. One that may be retried is {@linkplain
 * DeferredBody deferred}; any other is read by the caller's handler inside the attempt, so that half a body is a failed attempt.
 */
final class JdkTransport<T extends @Nullable Object>
        implements BlockingTransport<AttemptResponse<T>>, AsyncTransport<AttemptResponse<T>> {

    private final ClientConfig config;
    private final PreparedRequest request;
    private final BodyHandler<T> handler;
    private final TimeSource time;

    /** As it was when the call began. */
    private final Optional<Duration> attemptTimeout;

    private volatile ExchangeState state = new ExchangeState();
    private volatile @Nullable DeferredBody detached;

    /** The request of the attempt that is sent next. */
    private volatile HttpRequest prepared;

    JdkTransport(ClientConfig config, HttpRequest request, BodyHandler<T> handler) {
        this(
                config,
                config.prepare(request),
                handler,
                config.retry().retry().policy().limits().attemptTimeout());
    }

    private JdkTransport(
            ClientConfig config, PreparedRequest request, BodyHandler<T> handler, Optional<Duration> attemptTimeout) {
        this.config = config;
        this.request = request;
        this.prepared = request.request();
        this.handler = Objects.requireNonNull(handler, "responseBodyHandler");
        this.time = config.retry().time();
        this.attemptTimeout = attemptTimeout;
    }

    /** A body that is recorded has one reader at a time. */
    @Override
    public Optional<AsyncTransport<AttemptResponse<T>>> another() {
        return request.recorded().isPresent()
                ? Optional.empty()
                : Optional.of(new JdkTransport<>(config, request, handler, attemptTimeout));
    }

    @Override
    public String method() {
        return request.request().method();
    }

    @Override
    public URI uri() {
        return request.request().uri();
    }

    @Override
    public List<String> requestHeader(String name) {
        return request.request().headers().allValues(name);
    }

    @Override
    public boolean isReplayable() {
        return request.isReplayable();
    }

    @Override
    public boolean followsRedirects() {
        return request.redirectable();
    }

    @Override
    public boolean hasResponded() {
        return state.hasResponded();
    }

    @Override
    public Optional<Duration> timeout() {
        return request.request().timeout();
    }

    @Override
    public void prepare(ExchangeAttempt attempt) throws IOException {
        begin();
        prepared = request.forAttempt(attempt);
    }

    @Override
    public int status(AttemptResponse<T> response) {
        return response.statusCode();
    }

    @Override
    public List<String> responseHeader(AttemptResponse<T> response, String name) {
        return response.headers().allValues(name);
    }

    @Override
    public URI respondingUri(AttemptResponse<T> response) {
        return response.uri();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A failure of the caller's reader is thrown as the JDK's client throws it, under an {@link IOException}. Over HTTP/2 the
     * JDK may throw the exception of the cancelled stream instead.
     */
    @Override
    public AttemptResponse<T> send(ExchangeAttempt attempt) throws IOException, InterruptedException {
        ExchangeState begun = state;
        try {
            return new AttemptResponse<>(config.delegate().send(prepared, handler(begun, attempt)));
        } catch (InterruptedException | RuntimeException | Error ended) {
            // The response may have come at the same moment.
            begun.abandonDeferred();
            throw ended;
        } catch (IOException failure) {
            begun.abandonDeferred();
            @Nullable Throwable bug = begun.readerFailure();
            throw bug == null || ClientFailures.isCausedBy(bug, failure)
                    ? ClientFailures.uncovered(failure)
                    : new IOException(bug.getMessage(), bug);
        }
    }

    @Override
    public Runnable sendAsync(
            ExchangeAttempt attempt, BiConsumer<? super AttemptResponse<T>, ? super @Nullable Throwable> done) {
        ExchangeState begun = state;
        CompletableFuture<HttpResponse<Object>> exchange =
                config.delegate().sendAsync(prepared, handler(begun, attempt));
        CompletableFuture<?> unused = exchange.whenComplete((response, error) -> {
            if (error == null) {
                done.accept(new AttemptResponse<>(response), null);
            } else {
                begun.abandonDeferred();
                @Nullable Throwable bug = begun.readerFailure();
                done.accept(null, bug == null ? ClientFailures.unwrapped(error) : bug);
            }
        });
        return () -> exchange.cancel(true);
    }

    private void begin() {
        detached = null;
        state = new ExchangeState();
    }

    /** Chooses who reads the body. The value is what {@link Body#of} accepts. */
    private BodySubscriber<?> choose(ResponseInfo info, ExchangeState begun, ExchangeAttempt attempt) {
        begun.responseBegins();
        // The server is not known yet. If it is another one, after redirects, the body is deferred in vain and read
        // later.
        if (begun.isAbandoned()
                || attempt.wouldRetry(info.statusCode(), info.headers()::allValues)
                || !attempt.mayBeRead()) {
            DeferredBody deferred = new DeferredBody(time.executor());
            begun.defers(deferred);
            return BodySubscribers.mapping(deferred, body -> new Body.Deferred<>(info, body));
        }
        BodySubscriber<T> reader = reader(info, begun);
        if (BodyReader.isInMemory(reader)) {
            return reader;
        }
        BodySubscriber<Body<T>> read = BodyReader.of(reader, info, begun, time.executor());
        if (!SilenceLimit.isFor(handler, reader)) {
            return read;
        }
        attempt.removeTimeLimit();
        return new SilenceLimit<>(read, attemptTimeout.orElse(SilenceLimit.DEFAULT), time);
    }

    @SuppressWarnings("unchecked") // a subscriber is only read from
    private BodyHandler<Object> handler(ExchangeState begun, ExchangeAttempt attempt) {
        return info -> (BodySubscriber<Object>) choose(info, begun, attempt);
    }

    private BodySubscriber<T> reader(ResponseInfo info, ExchangeState begun) {
        try {
            return Objects.requireNonNull(handler.apply(info), "the body handler returned no subscriber");
        } catch (Throwable bug) {
            begun.readerFailed(bug);
            throw bug;
        }
    }

    @Override
    public Cause causeOf(Throwable failure) {
        ExchangeState last = state;
        boolean delivered = last.seal();
        request.recorded().ifPresent(RecordedBody::pause);
        if (last.readerFailure() != null
                || request.recorded().map(RecordedBody::hasFailed).orElse(false)) {
            return Cause.CALLER;
        }
        if (request.file().map(FileBody::hasChanged).orElse(false)) {
            return Cause.INPUT;
        }
        if (ClientFailures.isClosed(failure) && !last.hasResponded()) {
            return Cause.CLOSED;
        }
        return delivered ? Cause.EXCHANGE_AFTER_DELIVERY : Cause.EXCHANGE;
    }

    @Override
    public IOException tooLate(Duration limit) {
        return new HttpTimeoutException(
                "no whole response within " + limit.toMillis() + " ms (" + setting(limit) + ")");
    }

    /** Returns the setting that an attempt's limit comes from; the rest of the total timeout has any length. */
    private String setting(Duration limit) {
        Optional<Duration> least = Optional.of(limit);
        if (attemptTimeout.equals(least)) {
            return "attempt-timeout";
        }
        return timeout().equals(least) ? "timeout of the request" : "total-timeout";
    }

    @Override
    public AttemptResponse<T> detach(AttemptResponse<T> response) {
        response.deferred().ifPresent(deferred -> {
            detached = deferred.body();
            deferred.body().buffer(length(response), time);
        });
        return response;
    }

    private static long length(HttpResponse<?> response) {
        // The response to a HEAD has the length of the response to a GET.
        return response.request().method().equals("HEAD")
                ? 0
                : response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    @Override
    public void awaitReleased(long nanos) throws InterruptedException {
        DeferredBody body = detached;
        if (body != null && !body.isReleased()) {
            body.awaitReleased(Math.min(nanos, DeferredBody.MAX_NANOS));
        }
    }

    @Override
    public void whenReleased(Runnable next) {
        DeferredBody body = detached;
        if (body == null || body.isReleased()) {
            next.run();
        } else {
            body.whenReleased(() -> time.executor().execute(next));
        }
    }

    @Override
    public boolean isUnread(AttemptResponse<T> last) {
        return last.deferred().isPresent();
    }

    @Override
    public AttemptResponse<T> read(AttemptResponse<T> last) throws IOException, InterruptedException {
        awaitReleased(DeferredBody.MAX_NANOS);
        CompletableFuture<AttemptResponse<T>> read = new CompletableFuture<>();
        Runnable cut = readAsync(last, (response, error) -> {
            if (error == null) {
                read.complete(last);
            } else {
                read.completeExceptionally(error);
            }
        });
        try {
            return read.get();
        } catch (ExecutionException failed) {
            throw ClientFailures.thrown(failed);
        } catch (InterruptedException interrupted) {
            cut.run();
            throw interrupted;
        }
    }

    @Override
    public Runnable readAsync(
            AttemptResponse<T> last, BiConsumer<? super AttemptResponse<T>, ? super @Nullable Throwable> done) {
        Body.Deferred<T> deferred = last.deferred().orElseThrow();
        DeferredBody body = deferred.body();
        try {
            BodySubscriber<T> reader = handler.apply(deferred.info());
            CompletionStage<?> unused = reader.getBody().whenComplete((value, error) -> {
                if (error == null) {
                    done.accept(last.with(new Body.Read<>(value)), null);
                } else if (body.lost().isPresent()) {
                    done.accept(last.with(new Body.Lost<>(body.lost().get())), null);
                } else {
                    done.accept(null, ClientFailures.unwrapped(error));
                }
            });
            body.readBy(reader);
        } catch (Throwable bug) {
            body.cut("the caller's body handler has thrown");
            done.accept(null, bug);
        }
        return () -> body.cut("its caller does not wait any more");
    }

    @Override
    public void discard(AttemptResponse<T> response) {
        response.discard();
    }

    @Override
    public void close() {
        request.recorded().ifPresent(RecordedBody::close);
    }
}
