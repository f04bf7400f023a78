package dev.respite.http;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.RetryListener;
import dev.respite.call.RetryHandle;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.exchange.OriginBreakers;
import dev.respite.http.exchange.RetryAdvice;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An {@link HttpClient} that retries. Pass it to code that takes an {@code HttpClient}.
 *
 * <pre>{@code
 * HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient());
 * }</pre>
 *
 * <p><b>Rules.</b> {@link HttpRules} and the policy of the {@link Retry} decide. Idempotent methods are retried. Others are
 * retried only with an idempotency key that the server honours, or if certainly nothing was sent. A response that is retried never
 * reaches the caller's {@code BodyHandler}: it is judged by its status and headers. The last response is returned, whatever its
 * status, as any client does.
 *
 * <p><b>A waiting call holds nothing.</b> Before the delay the body of a rejected response is buffered, if it is at most 64 KiB
 * and arrives within 100 ms. So its connection can be used by others. Any other body is cut with its connection or stream. A
 * call may end in that delay: its thread is interrupted, an executor rejects the next attempt, or the client is shut down. Then
 * that response is returned. If its body was cut, {@code body()} throws an {@link java.io.UncheckedIOException} with the reason.
 *
 * <p><b>Request bodies.</b> The JDK's bodies of bytes, strings and files are sent again as they are, and so is one that is
 * marked as {@link #replayable}. Any other is recorded while it is sent, up to {@value #DEFAULT_MAX_RECORDED_BODY} bytes ({@link
 * #withMaxRecordedBody}), and sent again from the record. A longer one is not sent again once it has been read.
 *
 * <p><b>Response bodies.</b> A body that breaks off is a failed attempt. It is retried if the handler collects it ({@code
 * ofString}, {@code ofByteArray}, {@code ofFile}, {@code discarding}), or if nothing has reached the caller's subscriber.
 * For any other subscriber a body of at most 64 KiB whose length is declared is collected first, unless it is an event stream.
 * A longer one, or one of unknown length, is passed on as it arrives and never delivered again. A file is written again from its
 * beginning; open it with {@code TRUNCATE_EXISTING}, so that nothing remains of a half that was longer, and never with {@code
 * CREATE_NEW} or {@code APPEND}. A handler that hands out a stream ({@code ofInputStream}, {@code ofLines}, {@code ofPublisher})
 * ends the attempt with the headers of such a body: the rest is the caller's. A failure of the caller's own handler, subscriber
 * or publisher is not retried, and no breaker receives it.
 *
 * <p><b>Time.</b> An attempt ends when its whole response is there, or when its time has passed; then it is cancelled. Its time
 * is the least of the attempt timeout, the timeout of the request and the rest of the total timeout (30 s by default). Bodies that
 * are streamed ({@code ofFile}, {@code ofFileDownload}, {@code ofInputStream}, {@code ofLines}, {@code ofPublisher}) may take longer.
 * They end after silence of the attempt timeout, or of 30 s without one. The exception names the setting.
 *
 * <p><b>Requests of a class of their own</b>, such as the requests of libraries that add tags, are sent unchanged in each
 * attempt, without the attempt header. Only a minted key or a recorded body makes a copy, which is a plain request.
 *
 * <p><b>Budgets.</b> Each origin has a retry budget of its own; at most 1,000 are kept.
 *
 * <p><b>The JDK's own retry.</b> When a connection ends before a byte of the response has arrived, the JDK's client sends a GET or
 * HEAD once more by itself. When a connection is refused, it connects once more, with any method. Neither counts as an attempt
 * here, and neither can be switched off for one client. For a whole virtual machine {@code
 * -Djdk.httpclient.disableRetryConnect=true} ends the second. {@code -Djdk.httpclient.redirects.retrylimit=1} ends the first, at a
 * price: then no client in it follows redirects or responds to a challenge by its {@code Authenticator}. Such a failure has the
 * message {@code Too many retries}, and the real one as its cause. Never set {@code
 * -Djdk.httpclient.enableAllMethodRetry=true}: the JDK would send a POST again, too.
 *
 * <p>Interrupting the calling thread cancels an attempt in flight: {@link InterruptedException} is thrown and the flag is
 * set. In a delay between attempts it ends the delay: the last response is returned, or the last failure thrown, with the
 * flag set.
 *
 * <p>{@code sendAsync} is retried likewise; its later attempts run in {@link dev.respite.time.TimeSource#executor}.
 * Immutable, and safe for use by any number of threads.
 */
public final class RetryingHttpClient extends HttpClient {

    /** The default limit of the record of a request body that can be read only once, in bytes: 256 KiB. */
    public static final int DEFAULT_MAX_RECORDED_BODY = BodyRecording.DEFAULT_MAX_BYTES;

    private final ClientConfig config;

    private RetryingHttpClient(ClientConfig config) {
        this.config = config;
    }

    /**
     * Retries what a client sends, under the default policy.
     *
     * @param client the client that sends
     * @return a client that retries
     */
    public static RetryingHttpClient of(HttpClient client) {
        return of(client, Retry.withDefaults());
    }

    /**
     * Retries what a client sends.
     *
     * @param client the client that sends
     * @param retry the policy, the time and the listeners. Each origin gets a budget as the policy specifies; one that was
     *     given by {@link Retry#withBudget} is shared by all of them
     * @return a client that retries
     * @throws IllegalArgumentException if the policy judges values by code: here the rules of HTTP do that
     */
    public static RetryingHttpClient of(HttpClient client, Retry retry) {
        return of(client, HttpRetry.of(retry));
    }

    /**
     * Retries what a client sends, under a policy that can be replaced while the client is used. Each call has the policy that the
     * handle has when the call begins.
     *
     * @param client the client that sends
     * @param handle the handle, whose retry is used as in {@link #of(HttpClient, Retry)}
     * @return a client that retries; {@link #withPolicy} replaces the handle, too
     * @throws IllegalArgumentException if the policy judges values by code
     */
    public static RetryingHttpClient of(HttpClient client, RetryHandle handle) {
        return of(client, HttpRetry.of(handle));
    }

    private static RetryingHttpClient of(HttpClient client, HttpRetry retry) {
        return new RetryingHttpClient(ClientConfig.of(client, retry));
    }

    /** {@return a builder of clients that retry under the default policy; otherwise as {@link #newBuilder(Retry)}} */
    public static HttpClient.Builder newBuilder() {
        return newBuilder(Retry.withDefaults());
    }

    /**
     * Returns a builder of clients that retry, for what wants an {@link HttpClient.Builder}. It has all options of the JDK's
     * builder. All clients that it builds share the budgets of origins and the counts of the retry.
     *
     * @param retry the policy, the time and the listeners, as for {@link #of(HttpClient, Retry)}
     * @return the builder, which is not safe for use by several threads
     * @throws IllegalArgumentException as for {@link #of(HttpClient, Retry)}
     */
    public static HttpClient.Builder newBuilder(Retry retry) {
        HttpRetry http = HttpRetry.of(retry);
        return new RetryingBuilder(HttpClient.newBuilder(), client -> of(client, http.withSeparateShutdown()));
    }

    /**
     * Returns a builder of clients that retry as a given one does: with its retry, idempotency keys, breakers and all that
     * its methods called {@code with…} have set. They share its budgets, breakers and counts. The options of the client that
     * it wraps, such as its connect timeout, are not taken over.
     *
     * @param client the client to retry like
     * @return the builder, which is not safe for use by several threads
     */
    public static HttpClient.Builder newBuilder(RetryingHttpClient client) {
        ClientConfig config = client.config;
        return new RetryingBuilder(
                HttpClient.newBuilder(), wrapped -> new RetryingHttpClient(config.withDelegate(wrapped)));
    }

    /**
     * {@return this client with idempotency keys for the places where the server honours them} If the wrapped client follows
     * redirects, a minted key counts only with a response that came from such a place. Otherwise a server that was not named may
     * have received the request.
     *
     * @param keys where, and how they are sent
     */
    public RetryingHttpClient withIdempotencyKeys(IdempotencyKeys keys) {
        return with(retry -> retry.withIdempotencyKeys(keys));
    }

    /**
     * {@return this client with a circuit breaker for each origin, which receives each attempt}
     *
     * @param breakers the breakers, and whether their refusals are waited out
     */
    public RetryingHttpClient withBreakers(OriginBreakers breakers) {
        return with(retry -> retry.withBreakers(breakers));
    }

    /**
     * {@return this client with hedging: if a request has no response after a delay, it is sent once more beside it, and the first
     * good response wins} The other one is cancelled, and its body released. One that may be retried never wins while the other
     * runs. Each origin has an allowance for that, as of a {@link dev.respite.hedge.Hedge}: 10 % of its successful calls.
     *
     * <p>Only safe requests, and those with an idempotency key that all servers honour which may receive them, are hedged; not those
     * whose body is recorded. All others are retried. A hedged request is sent at most twice, whatever {@code max-attempts} is, and
     * without backoff: a failure sends the second one at once, or when the server's hint allows. Once a response has begun to
     * arrive that the caller's handler reads, no hedge is sent.
     *
     * @param delay the time, above zero and below the policy's timeouts; the 95th percentile of the latency makes 5 % more
     *     requests
     * @throws IllegalArgumentException if the delay is out of its range
     */
    public RetryingHttpClient withHedging(Duration delay) {
        return with(retry -> retry.withHedging(delay));
    }

    /** {@return this client without a header for the number of the attempt} */
    public RetryingHttpClient withoutAttemptHeader() {
        return with(HttpRetry::withoutAttemptHeader);
    }

    /**
     * {@return this client without a header for the number of the attempt in requests to one origin, such as a third party}
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host
     */
    public RetryingHttpClient withoutAttemptHeader(URI origin) {
        return with(retry -> retry.withoutAttemptHeader(origin));
    }

    /**
     * {@return this client without the hints of one origin that RFC 9110 does not define, for a server whose fields mean something
     * else} Of its responses only {@code Retry-After} is read.
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host
     */
    public RetryingHttpClient withoutVendorHints(URI origin) {
        return with(retry -> retry.withoutVendorHints(origin));
    }

    /**
     * {@return this client for one origin whose 429 states that it has not processed the request} Then a POST or PATCH without a
     * key is sent again after a 429, too.
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host, or the wrapped client follows redirects: after one, another
     *     request may have got the 429
     */
    public RetryingHttpClient withUnprocessed429(URI origin) {
        if (config.delegate().followRedirects() != Redirect.NEVER) {
            throw new IllegalArgumentException("withUnprocessed429(" + origin
                    + "): the client follows redirects, after which a 429 does not prove that nothing was processed; use"
                    + " Redirect.NEVER");
        }
        return with(retry -> retry.withUnprocessed429(origin));
    }

    private RetryingHttpClient with(UnaryOperator<HttpRetry> change) {
        return new RetryingHttpClient(config.withRetry(change));
    }

    /**
     * {@return this client with another limit for the recording of request bodies that can be read only once} A longer body is
     * sent, but not sent again once it has been read; the first such body is logged as a warning.
     *
     * @param bytes how many bytes of a body are kept in memory while its call lasts; 0 records nothing. The default is {@value
     *     #DEFAULT_MAX_RECORDED_BODY}
     * @throws IllegalArgumentException if the number is negative
     */
    public RetryingHttpClient withMaxRecordedBody(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "withMaxRecordedBody(" + bytes + "): a length is not negative; 0 records nothing");
        }
        return new RetryingHttpClient(config.withRecording(BodyRecording.upTo(bytes)));
    }

    /**
     * {@return this client with code of the caller that prepares the request of each attempt, the first too: to sign it again, or
     * to refresh a token} It runs before the request is sent, and its time counts as the attempt's. If it throws, the call ends
     * with that failure: it is not retried, and no breaker receives it. It replaces a preparation that was given before.
     *
     * @param preparation prepares a request
     */
    public RetryingHttpClient withRequestPreparation(RequestPreparation preparation) {
        Objects.requireNonNull(preparation, "preparation");
        return new RetryingHttpClient(config.withPreparation(preparation));
    }

    /**
     * {@return this client under another policy, for single requests for example} It shares the budgets of origins, breakers and
     * counts with this client, so the policy must specify the same budget as this client's, or none of its own.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if the policy has a budget of its own, or judges values by code
     */
    public RetryingHttpClient withPolicy(RetryPolicy policy) {
        return with(retry -> retry.withPolicy(policy));
    }

    /**
     * {@return this client with one more listener} It shares budgets and counts with this client, so it can be made for a single
     * request: a {@link RetryAdvice} is such a listener.
     *
     * @param added the listener
     */
    public RetryingHttpClient withListener(RetryListener added) {
        return with(retry -> retry.withListener(added));
    }

    /**
     * {@return this client with a scope that is open on the calling thread while it sends a request} For {@link #send} it is open
     * until {@code send} returns. For {@link #sendAsync} it is open until the first attempt has been started; the {@linkplain
     * Retry#withContext carrier} is applied within it, for the later ones.
     *
     * @param scope opens it; what that throws is the caller's, and nothing is sent. A failure to close it is logged
     */
    public RetryingHttpClient withCallScope(Supplier<? extends AutoCloseable> scope) {
        return with(retry -> retry.withCallScope(scope));
    }

    /**
     * Marks a body of unknown length as one that can be sent again.
     *
     * @param body a body that gives the same bytes to each of its subscribers
     * @return the same body, marked
     */
    public static BodyPublisher replayable(BodyPublisher body) {
        return new RequestBodies.Marked(body);
    }

    /**
     * Sends a request, again where that is worth it and safe, and waits for the last response.
     *
     * <p>Each attempt is sent by the wrapped client on this thread, and needs no other thread of this library, unless it is hedged. When its time
     * is up, an attempt is ended by an interrupt of this thread, which is taken back. So the wrapped client must end an exchange
     * when its thread is interrupted, as the JDK's does. A client that ignores interrupts is not limited in time.
     *
     * @param request the request
     * @param handler the handler of the last response's body; it may be applied several times, once for each response that
     *     was good until its body broke off
     * @param <T> what the handler makes of a body
     * @return the last response
     * @throws IOException the failure of the last attempt, as the wrapped client threw it, or that it took too long
     * @throws InterruptedException if the thread was interrupted during an attempt; the flag is set too
     */
    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        rejectHedged();
        try {
            return config.retry().send(new JdkTransport<>(config, request, handler));
        } catch (IOException | InterruptedException | RuntimeException thrown) {
            throw thrown;
        } catch (Exception ofTheCallersCode) {
            throw new IOException(ofTheCallersCode.getMessage(), ofTheCallersCode);
        }
    }

    /** Each attempt of the hedge would be retried. */
    private static void rejectHedged() {
        if (NestedRetries.isHedged()) {
            throw new IllegalStateException(
                    "a RetryingHttpClient sends within an attempt of a Hedge: each attempt would be retried;"
                            + " hedge in the client by withHedging, and leave out the Hedge");
        }
    }

    /**
     * Sends a request, again where that is worth it and safe. A delay between attempts holds no thread.
     *
     * <p>Dependents of the future run where the wrapped client completes its own: with the JDK's in the common pool, with any
     * executor. If the last response could have been retried, or the time was up, they run in {@link
     * dev.respite.time.TimeSource#executor}. So they may wait for another request, even if the wrapped client has only one thread.
     *
     * <p>An executor or scheduler that rejects the next attempt ends the call. An attempt that runs continues in the threads and
     * with the timer of {@link dev.respite.time.TimeSource#system}, and ends in its time.
     *
     * @param request the request
     * @param handler as in {@link #send}
     * @param <T> what the handler makes of a body
     * @return the last response, or the failure of the last attempt. To cancel it, or to complete it in any other way, ends
     *     the attempt in flight or the delay. It completes like the JDK's: after {@code cancel(true)} {@code get()} throws an {@link
     *     java.util.concurrent.ExecutionException} with a {@link java.util.concurrent.CancellationException}
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        rejectHedged();
        ResponseFuture<T> result = new ResponseFuture<>();
        config.retry().sendAsync(new JdkTransport<>(config, request, handler), result);
        return result;
    }

    /**
     * Sends a request whose server may push others. With a handler for those it is sent once, by the wrapped client: a pushed
     * response cannot be taken back. Without, as {@link #sendAsync(HttpRequest, BodyHandler)}.
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushHandler) {
        return pushHandler == null
                ? sendAsync(request, handler)
                : config.delegate().sendAsync(request, handler, pushHandler);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return config.delegate().cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return config.delegate().connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return config.delegate().followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return config.delegate().proxy();
    }

    @Override
    public SSLContext sslContext() {
        return config.delegate().sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return config.delegate().sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return config.delegate().authenticator();
    }

    @Override
    public Version version() {
        return config.delegate().version();
    }

    @Override
    public Optional<Executor> executor() {
        return config.delegate().executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return config.delegate().newWebSocketBuilder();
    }

    /** The wrapped client and the retry: for logs. */
    @Override
    public String toString() {
        return "RetryingHttpClient[" + config.delegate() + ", " + config.retry().retry() + "]";
    }

    // From JDK 21 on these override methods of HttpClient; the release is 17, where they cannot be marked as such.

    /**
     * Starts an orderly shutdown: no request is accepted any more, attempts in flight go on, and no further attempt is made. A
     * call in a delay, or in a wait for the budget, ends at once with the last response.
     *
     * @throws UnsupportedOperationException before JDK 21
     */
    public void shutdown() {
        NewerJdk.shutdown(config.delegate());
        config.retry().shutdown();
    }

    /** As {@link #shutdown}, and cancels attempts in flight. @throws UnsupportedOperationException before JDK 21 */
    public void shutdownNow() {
        NewerJdk.shutdownNow(config.delegate());
        config.retry().shutdown();
    }

    /**
     * Shuts down in order and waits until all calls have ended; if the thread is interrupted, shuts down at once.
     *
     * @throws UnsupportedOperationException before JDK 21
     */
    public void close() {
        shutdown();
        boolean interrupted = false;
        while (!isTerminated()) {
            try {
                awaitTermination(Duration.ofDays(1));
            } catch (InterruptedException now) {
                interrupted = true;
                shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns whether the wrapped client and all calls have ended.
     *
     * @return true if it has been shut down and has nothing left to do
     * @throws UnsupportedOperationException before JDK 21
     */
    public boolean isTerminated() {
        return NewerJdk.isTerminated(config.delegate()) && config.retry().isTerminated();
    }

    /**
     * Waits for the end of the wrapped client and of all calls.
     *
     * @param timeout how long at most
     * @return true if they have ended
     * @throws InterruptedException if the thread is interrupted
     * @throws UnsupportedOperationException before JDK 21
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        long start = TimeSource.system().nanoTime();
        return NewerJdk.awaitTermination(config.delegate(), timeout)
                && config.retry()
                        .awaitTermination(timeout.minusNanos(TimeSource.system().nanoTime() - start));
    }
}
