package dev.respite.http.exchange;

import dev.respite.Retry;
import dev.respite.RetryListener;
import dev.respite.budget.RetryBudgets;
import dev.respite.call.RetryHandle;
import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Retries the requests of an HTTP client, whichever it is. Users configure it and hand it to the adapter of their client; an
 * adapter calls {@link #send(BlockingTransport)} or {@link #sendAsync(AsyncTransport)} with a {@link Transport} for each request.
 *
 * <pre>{@code
 * HttpRetry retry = HttpRetry.of(Retry.of(policy))
 *         .withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://pay.example.com")));
 * }</pre>
 *
 * <p>{@link HttpRules} decide about retries. Each origin has a retry budget of its own, and a breaker if {@link
 * #withBreakers} gives it one. A request that is not idempotent gets an idempotency key where the server honours keys; from the
 * second attempt on a request carries the attempt's number. A response that is retried is released before the delay. The last
 * response is returned, whatever its status.
 *
 * <p>Make one for a client and keep it: what its methods called {@code with…} return shares its budgets and counts. Immutable
 * but for those, and safe for use by any number of threads.
 */
public final class HttpRetry {

    private final HttpConfig config;

    /** Returns the retry with the policy; null if the configuration has it. */
    private final @Nullable Supplier<Retry> current;

    private HttpRetry(HttpConfig config, @Nullable Supplier<Retry> current) {
        this.config = config;
        this.current = current;
    }

    private HttpRetry with(HttpConfig changed) {
        return new HttpRetry(changed, current);
    }

    /** {@return a retry with the default policy} */
    public static HttpRetry withDefaults() {
        return of(Retry.withDefaults());
    }

    /**
     * {@return a retry of HTTP requests}
     *
     * @param retry the policy, the time and the listeners. Each origin gets a budget as the policy specifies; one that was
     *     given by {@link Retry#withBudget} is shared by all of them
     * @throws IllegalArgumentException if the policy judges values by code: here the rules of HTTP do that
     */
    public static HttpRetry of(Retry retry) {
        return of(retry, null);
    }

    /**
     * Creates a retry of HTTP requests whose policy can be replaced while it is used. Each call has the policy that the handle has when
     * the call begins.
     *
     * @param handle the handle, whose retry is used as in {@link #of(Retry)}. Its next policies must not judge values by code either, or
     *     calls throw an {@link IllegalArgumentException}
     * @return the retry; {@link #withPolicy} replaces the handle, too
     * @throws IllegalArgumentException if the policy judges values by code
     */
    public static HttpRetry of(RetryHandle handle) {
        return of(handle.retry(), handle::retry);
    }

    /**
     * Creates a retry of HTTP requests whose policy is looked up for each call, as {@link #of(RetryHandle)} does. The budgets of
     * origins are kept.
     *
     * @param current returns the retry with the current policy; the first one is used as in {@link #of(Retry)}
     * @return the retry; {@link #withPolicy} ends the look-up
     * @throws IllegalArgumentException if the policy judges values by code
     */
    public static HttpRetry ofCurrent(Supplier<Retry> current) {
        return of(current.get(), current);
    }

    private static HttpRetry of(Retry retry, @Nullable Supplier<Retry> current) {
        requireNoClassifier(retry.policy());
        PerOrigin<OriginRetry> retries = new PerOrigin<>(
                PerOrigin.MAX,
                origin -> new OriginRetry(
                        origin,
                        retry.driver().hasOwnBudget() ? RetryBudgets.of(retry.policy()) : retry.budget(),
                        retry));
        return new HttpRetry(HttpConfig.of(retry, retries), current);
    }

    private static void requireNoClassifier(RetryPolicy policy) {
        if (policy.classifier().judgesValues()) {
            throw new IllegalArgumentException(
                    "the policy has a classifier or retryOnResult written in code, which"
                            + " would not be called: HttpRules classifies HTTP responses; use retry-on and stop-on with statuses");
        }
    }

    /**
     * {@return this retry under another policy, for single requests for example} The budgets of origins are shared, so the policy
     * must specify the same budget as this retry's, or none of its own.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if the policy has a budget of its own, judges values by code, or has a timeout that is not above
     *     the delay of hedging
     */
    public HttpRetry withPolicy(RetryPolicy policy) {
        requireNoClassifier(policy);
        boolean shared = policy.budget().equals(config.retry().policy().budget())
                || policy.budget().equals(RetryPolicy.defaults().budget());
        if (!shared) {
            throw new IllegalArgumentException("the policy specifies the budget " + policy.budget()
                    + ", which would not be used: requests to an origin share its budget, "
                    + config.retry().policy().budget()
                    + ". Leave the budget out of the policy, or create another client for it");
        }
        config.guards().hedges().ifPresent(hedges -> hedges.delayUnder(policy));
        return new HttpRetry(under(policy), null);
    }

    private HttpConfig under(RetryPolicy policy) {
        // With the budget given, so that the new policy does not make another one.
        Retry base = config.retry();
        return config.withRetry(base.withBudget(base.budget()).withPolicy(policy));
    }

    /** Returns the configuration of a call that begins now. */
    private HttpConfig current() {
        if (current == null) {
            return config;
        }
        RetryPolicy policy = current.get().policy();
        if (policy.equals(config.retry().policy())) {
            return config;
        }
        requireNoClassifier(policy);
        return under(policy);
    }

    /**
     * {@return this retry with one more listener} It may be made for a single request: a {@link RetryAdvice} is such a listener.
     *
     * @param added the listener
     */
    public HttpRetry withListener(RetryListener added) {
        return with(config.withRetry(config.retry().withListener(added)));
    }

    /**
     * {@return this retry with idempotency keys for the places where the server honours them} If the client follows redirects, a
     * minted key counts only with a response that came from such a place. Otherwise a server that was not named may have received
     * the request.
     *
     * @param keys where, and how they are sent
     */
    public HttpRetry withIdempotencyKeys(IdempotencyKeys keys) {
        Objects.requireNonNull(keys, "keys");
        return with(config.withFields(config.fields().withKeys(keys)));
    }

    /**
     * {@return this retry with a circuit breaker for each origin, which sees each attempt}
     *
     * @param breakers the breakers, and whether their refusals are waited out
     */
    public HttpRetry withBreakers(OriginBreakers breakers) {
        return with(config.withGuards(config.guards().withBreakers(breakers)));
    }

    /**
     * {@return this retry with hedging: if a request has no response after a delay, it is sent once more beside it, and the first
     * good response wins} Each origin has an allowance for that, as of a {@link Hedge}: 10 % of its successful calls.
     *
     * <p>Only requests that are safe, or have an idempotency key that all servers honour which may receive them, are hedged, and
     * only by an adapter that {@linkplain AsyncTransport#another supports that}. All others are retried. A hedged request is sent at most
     * twice, whatever the policy's {@code max-attempts} is, and without backoff.
     *
     * @param delay the time, above zero and below the policy's timeouts; the 95th percentile of the latency makes 5 % more
     *     requests
     * @throws IllegalArgumentException if the delay is out of its range
     */
    public HttpRetry withHedging(Duration delay) {
        OriginHedges hedges = OriginHedges.of(Hedge.of(config.retry(), delay));
        return with(config.withGuards(config.guards().withHedges(hedges)));
    }

    /** {@return this retry without a header for the attempt's number} */
    public HttpRetry withoutAttemptHeader() {
        return with(config.withFields(config.fields().withNumbered(uri -> false)));
    }

    /**
     * {@return this retry without a header for the attempt's number in requests to one origin, such as a third party}
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host
     */
    public HttpRetry withoutAttemptHeader(URI origin) {
        return with(config.withFields(config.fields().withNumbered(Origins.otherThan(origin))));
    }

    /**
     * {@return this retry without the hints of one origin that RFC 9110 does not define, for a server whose fields mean something
     * else} Of its responses only {@code Retry-After} is read, and {@code Respite-Refused: retry}, by which a server of Respite
     * refuses a retry.
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host
     */
    public HttpRetry withoutVendorHints(URI origin) {
        return with(config.withRules(config.rules().withVendorHints(Origins.otherThan(origin))));
    }

    /**
     * {@return this retry for one origin whose 429 states that it has not processed the request} Then a POST or PATCH without a
     * key is sent again after a 429, too. It needs a client that follows no redirects: after a redirect another request may have
     * got the 429.
     *
     * @param origin scheme, host and port, as of {@code https://api.example.com}; its path is not read
     * @throws IllegalArgumentException if it has no scheme or no host
     */
    public HttpRetry withUnprocessed429(URI origin) {
        return with(config.withRules(
                config.rules().withUnprocessed429(Origins.otherThan(origin).negate())));
    }

    /**
     * {@return this retry with a scope that is open on the calling thread while a request is sent} In a blocking call it is open
     * until the call returns. In an asynchronous one it is open until the first attempt has been started; the {@linkplain
     * Retry#withContext carrier} is applied within it, for the later ones.
     *
     * @param scope opens it; what that throws is the caller's, and nothing is sent. A failure to close it is logged
     */
    public HttpRetry withCallScope(Supplier<? extends AutoCloseable> scope) {
        return with(config.withLifecycle(new HttpConfig.Lifecycle(new CallScope(scope), config.calls())));
    }

    /** {@return this retry with the same budgets and counts whose calls a shutdown of this one does not end} */
    public HttpRetry withSeparateShutdown() {
        return with(config.withLifecycle(new HttpConfig.Lifecycle(config.scope(), new OpenCalls())));
    }

    /**
     * Sends a request on this thread, again where that is worth it and safe, and returns the last response.
     *
     * <p>An attempt ends in its time by an interrupt of this thread, which is taken back: the client must end an exchange when
     * its thread is interrupted. One that ignores that is limited by its own timeouts only.
     *
     * @param transport the request
     * @param <R> a response of the client
     * @return the last response
     * @throws Exception the failure of the last attempt, as the client threw it, or that it took too long
     */
    public <R> R send(BlockingTransport<R> transport) throws Exception {
        HttpConfig now = current();
        Optional<Hedge> hedge = now.hedge(transport);
        CallScope.Opened opened = now.scope().open();
        try {
            return hedge.isPresent() && transport instanceof AsyncTransport<R> hedged
                    ? new AsyncDriver<>(hedged, now, hedge).await()
                    : new BlockingDriver<>(transport, now).run();
        } finally {
            opened.close();
        }
    }

    /**
     * Sends a request as {@link #send(BlockingTransport)} does, for a client whose exchanges throw an {@link IOException} or one other
     * checked exception. An interrupt becomes an {@link InterruptedIOException}, and the thread stays interrupted.
     *
     * @param transport the request
     * @param type the other exception; {@code IOException.class} if there is none
     * @param <R> a response of the client
     * @param <X> the other exception
     * @return the last response
     * @throws IOException the failure of the last attempt, or the interrupt
     * @throws X the failure of the last attempt
     */
    public <R, X extends Exception> R send(BlockingTransport<R> transport, Class<X> type) throws IOException, X {
        try {
            return send(transport);
        } catch (IOException | RuntimeException thrown) {
            throw thrown;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(interrupted.getMessage()).initCause(interrupted);
        } catch (Exception thrown) {
            throw type.cast(thrown);
        }
    }

    /**
     * Sends a request without waiting, again where that is worth it and safe. A delay between attempts holds no thread.
     *
     * @param transport the request
     * @param <R> a response of the client
     * @return the last response, or a {@link java.util.concurrent.CompletionException} with the failure of the last attempt as its
     *     cause. To cancel it, or to complete it in any other way, ends the attempt in flight or the delay
     */
    public <R> CompletableFuture<R> sendAsync(AsyncTransport<R> transport) {
        CompletableFuture<R> result = new CompletableFuture<>();
        sendAsync(transport, result);
        return result;
    }

    /**
     * Sends a request as {@link #sendAsync(AsyncTransport)} does, for an adapter whose future cancels in its own way.
     *
     * @param transport the request
     * @param result completed with the last response, or with a {@link java.util.concurrent.CompletionException}. Whatever else
     *     completes it ends the call
     * @param <R> a response of the client
     */
    public <R> void sendAsync(AsyncTransport<R> transport, CompletableFuture<? super R> result) {
        HttpConfig now = current();
        AsyncDriver<R> driver = new AsyncDriver<>(transport, now, now.hedge(transport));
        CallScope.Opened opened = config.scope().open();
        try {
            driver.run(result);
        } finally {
            opened.close();
        }
    }

    /**
     * Ends the calls in order, for a client that is shut down: attempts in flight go on, and no further attempt is made. A call
     * in a delay, or in a wait for the budget, ends at once with its last outcome. Holds for all that share the calls of this
     * one.
     */
    public void shutdown() {
        config.calls().close();
    }

    /** {@return whether all calls have ended after {@link #shutdown}} */
    public boolean isTerminated() {
        return config.calls().haveEnded();
    }

    /**
     * Waits for the end of all calls after {@link #shutdown}.
     *
     * @param timeout how long at most
     * @return true if they have ended
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return config.calls().await(timeout.toNanos());
    }

    /**
     * {@return the retry of which this one is made, under the present policy, with the name, the listeners and the counts; its
     * own budget is not used}
     */
    public Retry retry() {
        return current().retry();
    }

    /** {@return whether requests to at least one place get idempotency keys} */
    public boolean hasIdempotencyKeys() {
        return config.keys() != IdempotencyKeys.NOWHERE;
    }

    /** {@return the time in which attempts are limited: the retry's, with the system's behind it for tasks that it rejects} */
    public TimeSource time() {
        return config.time();
    }

    /** The retry: for logs. */
    @Override
    public String toString() {
        return "HttpRetry[" + config.retry() + "]";
    }
}
