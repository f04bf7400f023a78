package dev.respite.durable.http;

import dev.respite.cause.CauseChain;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableContext;
import dev.respite.durable.DurableTask;
import dev.respite.durable.ExternalStep;
import dev.respite.http.exchange.AttemptHeader;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends stored requests by the client of the JDK, one attempt at a time, under the {@linkplain HttpRules rules of HTTP}: the call
 * of a durable task whose data is an {@link OutboundRequest}.
 *
 * <pre>{@code
 * OutboundHttp http = OutboundHttp.of(IdempotencyKeys.supportedBy(URI.create("https://pay.example.com")));
 * DurableTask<OutboundRequest> charge = http.task("charge");
 * DurableRetry.builder(dataSource)
 *         .call(charge, retry, http, (connection, request, response, context) -> store(connection, response.text()));
 * }</pre>
 *
 * <p>A process may be killed after it has sent a request, so each request is one that may be sent twice: its method is idempotent, or
 * its server is one of those that honour idempotency keys. Others are rejected when they are enqueued. The key belongs to the call:
 * the same in all attempts, after a restart and in every instance. From the second attempt on a request carries the attempt's number.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class OutboundHttp implements ExternalStep<OutboundRequest, OutboundResponse> {

    /** The most bytes of a response's body: 1 MiB. */
    public static final int MAX_BODY = 1 << 20;

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    /** Every request here can be sent again. */
    private static final RequestFacts REPEATABLE = new RequestFacts("PUT", true, true, false);

    private final Optional<IdempotencyKeys> keys;
    private final Optional<HttpClient> client;
    private final Duration timeout;
    private final IntPredicate accepted;
    private final Preparation preparation;

    /** Adds to the request of an attempt what must not be stored: credentials, a signature. */
    @FunctionalInterface
    public interface Preparation {

        /**
         * Prepares the request of an attempt.
         *
         * @param sent the request, to which fields may be added
         * @param stored the request as it was enqueued
         * @param context the attempt
         * @throws Exception if the request cannot be prepared; it is judged as a failure of the attempt
         */
        void prepare(HttpRequest.Builder sent, OutboundRequest stored, DurableContext context) throws Exception;
    }

    /** Created when it is needed first: a process that only enqueues needs none. */
    private static final class DefaultClient {
        private static final HttpClient INSTANCE =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    }

    private OutboundHttp(
            Optional<IdempotencyKeys> keys,
            Optional<HttpClient> client,
            Duration timeout,
            IntPredicate accepted,
            Preparation preparation) {
        this.keys = keys;
        this.client = client;
        this.timeout = timeout;
        this.accepted = accepted;
        this.preparation = preparation;
    }

    /**
     * Returns a call of servers of which some honour idempotency keys.
     *
     * @param keys where keys are honoured, and how they are sent; your word counts
     * @return the call, which accepts requests to those places, and of idempotent methods to any place
     */
    public static OutboundHttp of(IdempotencyKeys keys) {
        return of(Optional.of(keys));
    }

    /**
     * Returns a call of servers that know no idempotency keys.
     *
     * @return the call, which accepts requests of idempotent methods only: PUT and DELETE, for example
     */
    public static OutboundHttp withoutKeys() {
        return of(Optional.empty());
    }

    private static OutboundHttp of(Optional<IdempotencyKeys> keys) {
        return new OutboundHttp(
                keys,
                Optional.empty(),
                DEFAULT_TIMEOUT,
                status -> status >= 200 && status <= 299,
                (sent, stored, context) -> {});
    }

    /**
     * Returns this call with another client.
     *
     * @param given the client, which follows no redirects: a key is for the server that is named. It stays open
     * @return the call
     * @throws IllegalArgumentException if the client follows redirects
     */
    public OutboundHttp withClient(HttpClient given) {
        if (given.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the client follows redirects (" + given.followRedirects()
                    + "), which would send a request and its key to a server that was not named: build it with"
                    + " followRedirects(NEVER)");
        }
        return new OutboundHttp(keys, Optional.of(given), timeout, accepted, preparation);
    }

    /**
     * Returns this call with another limit of an attempt, until the whole response has arrived. The attempt timeout of the policy
     * holds too, for the request and for what stores its response.
     *
     * @param limit 1 ms to 1 day; 30 s by default
     * @return the call
     * @throws IllegalArgumentException if the limit is out of its range
     */
    public OutboundHttp withTimeout(Duration limit) {
        if (limit.compareTo(Duration.ofMillis(1)) < 0 || limit.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout " + limit + ": it must be from 1 ms to 1 day");
        }
        return new OutboundHttp(keys, client, limit, accepted, preparation);
    }

    /**
     * Returns this call with other statuses that are results: they are stored by the handler, and end the call. All others are
     * failures, which are retried or end as a dead letter.
     *
     * @param statuses which; 200 to 299 by default. With 402 among them, for example, the handler stores that a payment was declined
     * @return the call
     */
    public OutboundHttp withAccepted(IntPredicate statuses) {
        return new OutboundHttp(keys, client, timeout, Objects.requireNonNull(statuses, "statuses"), preparation);
    }

    /**
     * Returns this call with credentials, or what else must not be stored, added to the request of each attempt.
     *
     * @param given adds to the request
     * @return the call
     */
    public OutboundHttp withPreparation(Preparation given) {
        return new OutboundHttp(keys, client, timeout, accepted, Objects.requireNonNull(given, "given"));
    }

    /**
     * Returns a task whose data is a request, stored as text that can be read and edited.
     *
     * @param name the name of the task
     * @return the task, which rejects requests that must not be sent twice, by an {@link IllegalArgumentException} when they are
     *     enqueued
     * @throws IllegalArgumentException as {@link DurableTask#of(String)} does
     */
    public DurableTask<OutboundRequest> task(String name) {
        RequestCodec codec = new RequestCodec();
        return DurableTask.of(name, DataCodec.of(request -> codec.encode(checked(request)), codec::decode));
    }

    OutboundRequest checked(OutboundRequest request) {
        if (!isKeyed(request) && !RequestFacts.isIdempotent(request.method())) {
            throw new IllegalArgumentException(request
                    + " would take effect twice if it is sent twice, and no server that honours idempotency keys is named"
                    + " there: name it by IdempotencyKeys.supportedBy, if it honours them");
        }
        keys.ifPresent(known -> known.field("key").keySet().forEach(name -> {
            if (!request.header(name).isEmpty()) {
                throw new IllegalArgumentException(
                        request + " has the header " + name
                                + ", which is that of the call's key: leave it out, and give the key by EnqueueOptions.withKey");
            }
        }));
        return request;
    }

    private boolean isKeyed(OutboundRequest request) {
        return keys.isPresent() && keys.get().isSupportedBy(request.uri());
    }

    /**
     * {@inheritDoc}
     *
     * @throws HttpTimeoutException if the whole response has not arrived in time
     * @throws IllegalStateException if the body of an accepted response is longer than {@link #MAX_BODY}
     */
    @Override
    public OutboundResponse call(OutboundRequest request, DurableContext context) throws Exception {
        // Read from the database, where an operator may have edited it.
        HttpRequest sent = request(checked(request), context);
        HttpResponse<byte[]> response = send(sent, request);
        if (!accepted.test(response.statusCode())) {
            throw rejected(request, response.statusCode(), response.headers());
        }
        if (response.body().length > MAX_BODY) {
            throw new IllegalStateException(request + ": status " + response.statusCode() + ", and a body of more than "
                    + MAX_BODY + " bytes, which is not stored");
        }
        return new OutboundResponse(response.statusCode(), response.headers().map(), response.body());
    }

    private HttpRequest request(OutboundRequest request, DurableContext context) throws Exception {
        HttpRequest.Builder builder = request.toHttp();
        if (isKeyed(request)) {
            keys.orElseThrow().field(context.key()).forEach(builder::setHeader);
        }
        int number = context.attempt().number();
        if (number > 1) {
            builder.setHeader(AttemptHeader.NAME, Integer.toString(number));
        }
        try {
            preparation.prepare(builder, request, context);
        } catch (IllegalArgumentException invalid) {
            // Without its message and its cause: the JDK repeats the value of a field, which is a secret here.
            throw new IllegalArgumentException(
                    request + " could not be prepared: a field that withPreparation has added has a"
                            + " name or a value that cannot be sent; look for line breaks at the end of a token");
        }
        return builder.build();
    }

    private ErrorResponseException rejected(OutboundRequest request, int status, HttpHeaders headers) {
        return new ErrorResponseException(
                request, isKeyed(request), status, headers, TimeSource.system().wallTime());
    }

    private HttpResponse<byte[]> send(HttpRequest sent, OutboundRequest request) throws Exception {
        AtomicReference<HttpResponse.@Nullable ResponseInfo> head = new AtomicReference<>();
        CompletableFuture<HttpResponse<byte[]>> exchange = client.orElseGet(() -> DefaultClient.INSTANCE)
                .sendAsync(sent, info -> {
                    head.set(info);
                    return new BoundedBody(MAX_BODY);
                });
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw failure(
                    new HttpTimeoutException(request + ": no whole response within " + timeout.toMillis() + " ms"),
                    request,
                    head.get());
        } catch (ExecutionException failed) {
            throw failure(
                    CauseChain.unwrap(failed) instanceof Exception failure ? failure : failed, request, head.get());
        } finally {
            // An attempt that was interrupted, or is too late, must not go on.
            exchange.cancel(true);
        }
    }

    /** A status that is not accepted is more important than the lack of its body. */
    private Exception failure(Exception failure, OutboundRequest request, HttpResponse.@Nullable ResponseInfo head) {
        return head == null || accepted.test(head.statusCode())
                ? failure
                : rejected(request, head.statusCode(), head.headers());
    }

    /**
     * {@inheritDoc} Here they are the rules of HTTP.
     *
     * @throws IllegalArgumentException if the policy judges values by code
     */
    @Override
    public Classifier classifier(RetryPolicy policy) {
        if (policy.classifier().judgesValues()) {
            throw new IllegalArgumentException(
                    "the policy has a classifier or retryOnResult written in code, which would not be called: HttpRules"
                            + " classifies HTTP responses; use retry-on and stop-on with statuses");
        }
        HttpRules rules = new HttpRules(policy.rules());
        return outcome -> verdict(outcome, rules);
    }

    private static Verdict verdict(Outcome<?> outcome, HttpRules rules) {
        if (!(outcome instanceof Outcome.Failure<?> failure)) {
            return Verdict.accept();
        }
        return failure.error() instanceof ErrorResponseException response
                ? response.verdict(rules)
                : rules.classify(REPEATABLE, failure.error());
    }

    /** Where a request goes, without its query, which may be secret. */
    static String place(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority() + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }
}
