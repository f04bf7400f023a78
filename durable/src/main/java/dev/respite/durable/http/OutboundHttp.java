package dev.respite.durable.http;

import dev.respite.cause.CauseChain;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableContext;
import dev.respite.durable.DurableTask;
import dev.respite.durable.ExternalStep;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
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
 * <p>A process may be killed after it has sent a request. So each request is one that may be sent twice: its method is idempotent, or
 * its server honours idempotency keys. Others are rejected when they are enqueued. The key belongs to the call: the same in all
 * attempts, after a restart and in every instance. From the second attempt on a request carries the attempt's number.
 *
 * <p>Requests are sent to declared origins only: scheme, host and port. Credentials belong to an origin, and are not stored. All this
 * is checked when a request is enqueued and at each attempt, since a stored request can be edited.
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

    private final OutboundRules rules;
    private final Optional<HttpClient> client;
    private final Duration timeout;
    private final IntPredicate accepted;
    private final boolean numbered;

    /** Adds credentials or a signature, which must not be stored, to the request of an attempt. */
    @FunctionalInterface
    public interface Preparation {

        /**
         * Prepares the request of an attempt.
         *
         * @param sent the request, to which fields may be added. Its URI may get another path or query
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
            OutboundRules rules,
            Optional<HttpClient> client,
            Duration timeout,
            IntPredicate accepted,
            boolean numbered) {
        this.rules = rules;
        this.client = client;
        this.timeout = timeout;
        this.accepted = accepted;
        this.numbered = numbered;
    }

    /**
     * Returns a call of servers that honour idempotency keys.
     *
     * @param keys where keys are honoured, and how they are sent; your word counts
     * @return the call, which accepts requests to those places, and requests of idempotent methods to their origins
     * @throws IllegalArgumentException if a place has no scheme http or https, or has a user or password
     */
    public static OutboundHttp of(IdempotencyKeys keys) {
        return of(Optional.of(keys));
    }

    /**
     * Returns a call of servers that know no idempotency keys.
     *
     * @return the call, which accepts requests of idempotent methods only, PUT and DELETE for example; {@link #withOrigin(URI)}
     *     declares where to
     */
    public static OutboundHttp withoutKeys() {
        return of(Optional.empty());
    }

    private static OutboundHttp of(Optional<IdempotencyKeys> keys) {
        return new OutboundHttp(
                OutboundRules.of(keys),
                Optional.empty(),
                DEFAULT_TIMEOUT,
                status -> status >= 200 && status <= 299,
                true);
    }

    /**
     * {@return this call with one more origin, {@code http://payments.prod.svc:8080} for example, without credentials}
     *
     * @param origin the origin, reached with this scheme at any address. A path does not matter
     * @throws IllegalArgumentException if the URI has no host, no scheme http or https, or has a user or password
     */
    public OutboundHttp withOrigin(URI origin) {
        return withOrigin(origin, OutboundRules.NO_PREPARATION);
    }

    /**
     * {@return this call with one more origin and its credentials, which no other origin gets}
     *
     * @param origin the origin, as in {@link #withOrigin(URI)}; it may be declared already
     * @param preparation prepares the requests to this origin
     * @throws IllegalArgumentException as {@link #withOrigin(URI)} does
     */
    public OutboundHttp withOrigin(URI origin, Preparation preparation) {
        return with(rules.withOrigin(origin, Objects.requireNonNull(preparation, "preparation")));
    }

    /**
     * {@return this call for targets that are known at run time only, such as webhooks: requests to any https origin, without
     * credentials} Keys of {@link IdempotencyKeys#supportedByAnyHttpsOrigin()} declare them too, and make a POST acceptable.
     *
     * <p>A host whose name resolves to an address that is not public is rejected at each attempt: private, shared, loopback,
     * link-local, unique-local, multicast and reserved addresses. Origins that are declared by themselves are exempt. The client
     * resolves the name again, after the check, and a proxy resolves it by itself. So limit such requests by the network too.
     */
    public OutboundHttp withAnyHttpsOrigin() {
        return withAnyHttpsOrigin(OutboundRules.NO_PREPARATION);
    }

    /**
     * {@return this call for any https origin, as {@link #withAnyHttpsOrigin()} does, with requests that are prepared}
     *
     * @param preparation prepares the requests to origins that are not declared by themselves: by a signature for the receiver, for
     *     example, and not by credentials of one server
     */
    public OutboundHttp withAnyHttpsOrigin(Preparation preparation) {
        return with(rules.withAnyHttpsOrigin(Objects.requireNonNull(preparation, "preparation")));
    }

    /**
     * {@return this call with names of header fields and query parameters that may be stored though they look like names of
     * credentials}
     *
     * @param names more names, in any case
     */
    public OutboundHttp withAllowedNames(String... names) {
        return with(rules.withAllowedNames(names));
    }

    /** {@return this call with requests that do not have the attempt's number} */
    public OutboundHttp withoutAttemptHeader() {
        return new OutboundHttp(rules, client, timeout, accepted, false);
    }

    private OutboundHttp with(OutboundRules given) {
        return new OutboundHttp(given, client, timeout, accepted, numbered);
    }

    /**
     * {@return this call with another client}
     *
     * @param given the client, which follows no redirects: a key is for the server that is named. It stays open
     * @throws IllegalArgumentException if the client follows redirects
     */
    public OutboundHttp withClient(HttpClient given) {
        if (given.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the client follows redirects (" + given.followRedirects()
                    + "), which would send a request and its key to a server that was not named: build it with"
                    + " followRedirects(NEVER)");
        }
        return new OutboundHttp(rules, Optional.of(given), timeout, accepted, numbered);
    }

    /**
     * {@return this call with another limit of an attempt, until the whole response has arrived} The attempt timeout of the policy
     * holds too, for the request and for what stores its response.
     *
     * @param limit 1 ms to 1 day; 30 s by default
     * @throws IllegalArgumentException if the limit is out of its range
     */
    public OutboundHttp withTimeout(Duration limit) {
        if (limit.compareTo(Duration.ofMillis(1)) < 0 || limit.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout " + limit + ": it must be from 1 ms to 1 day");
        }
        return new OutboundHttp(rules, client, limit, accepted, numbered);
    }

    /**
     * {@return this call with other statuses that are results: they are stored by the handler, and end the call} All others are
     * failures, which are retried or end as a dead letter.
     *
     * @param statuses which; 200 to 299 by default. With 402 among them, for example, the handler stores that a payment was declined
     */
    public OutboundHttp withAccepted(IntPredicate statuses) {
        return new OutboundHttp(rules, client, timeout, Objects.requireNonNull(statuses, "statuses"), numbered);
    }

    /**
     * Returns a task whose data is a request, stored as text that can be read and edited.
     *
     * @param name the name of the task
     * @return the task. It rejects requests that must not be sent twice, to origins that are not declared, or with credentials, by an
     *     {@link IllegalArgumentException} when they are enqueued
     * @throws IllegalArgumentException as {@link DurableTask#of(String)} does
     */
    public DurableTask<OutboundRequest> task(String name) {
        RequestCodec codec = new RequestCodec();
        return DurableTask.of(name, DataCodec.of(request -> codec.encode(rules.checked(request)), codec::decode));
    }

    /**
     * {@inheritDoc}
     *
     * @throws HttpTimeoutException if the whole response has not arrived in time
     * @throws IllegalArgumentException if the stored request is one that {@link #task} rejects, or its host is not public and its
     *     origin is not declared
     * @throws IllegalStateException if the body of an accepted response is longer than {@link #MAX_BODY}
     */
    @Override
    public OutboundResponse call(OutboundRequest request, DurableContext context) throws Exception {
        // Read from the database, where an operator may have edited it.
        rules.checked(request);
        if (!rules.isDeclared(request.uri())) {
            checkAddresses(request);
        }
        HttpRequest sent = request(request, context);
        HttpResponse<byte[]> response = send(sent, request);
        if (!isResult(response.statusCode(), response.headers())) {
            throw rejected(request, response.statusCode(), response.headers());
        }
        if (response.body().length > MAX_BODY) {
            throw new IllegalStateException(request + ": status " + response.statusCode() + ", and a body of more than "
                    + MAX_BODY + " bytes, which is not stored");
        }
        return new OutboundResponse(response.statusCode(), response.headers().map(), response.body());
    }

    /** A refused retry has not been processed, so it is no result, whatever status is accepted. */
    private boolean isResult(int status, HttpHeaders headers) {
        return accepted.test(status) && !HttpRules.isRefusedRetry(status, headers::allValues);
    }

    private static void checkAddresses(OutboundRequest request) throws UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(request.uri().getHost())) {
            if (!PublicAddress.isPublic(address)) {
                throw new IllegalArgumentException(request + " is for " + address.getHostAddress()
                        + ", which is no public address" + OutboundRules.remedy(request.uri()));
            }
        }
    }

    private HttpRequest request(OutboundRequest request, DurableContext context) throws Exception {
        HttpRequest.Builder builder = request.toHttp();
        if (rules.isKeyed(request.uri())) {
            rules.keys().orElseThrow().field(context.key()).forEach(builder::setHeader);
        }
        int number = context.attempt().number();
        if (numbered && number > 1) {
            builder.setHeader(ExchangeAttempt.NUMBER_HEADER, Integer.toString(number));
        }
        try {
            rules.preparation(request.uri()).prepare(builder, request, context);
        } catch (IllegalArgumentException invalid) {
            // Without its message and its cause: the JDK repeats the value of a field, which is a secret here.
            throw new IllegalArgumentException(
                    request + " could not be prepared: a field that its preparation has added has a"
                            + " name or a value that cannot be sent; look for line breaks at the end of a token");
        }
        HttpRequest sent = builder.build();
        if (!OutboundRules.origin(sent.uri()).equals(OutboundRules.origin(request.uri()))) {
            throw new IllegalArgumentException(
                    request + " could not be prepared: its preparation has set a URI of another origin");
        }
        return sent;
    }

    private ErrorResponseException rejected(OutboundRequest request, int status, HttpHeaders headers) {
        return new ErrorResponseException(
                request,
                rules.isKeyed(request.uri()),
                status,
                headers,
                TimeSource.system().wallTime());
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
        return head == null || isResult(head.statusCode(), head.headers())
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
        HttpRules http = new HttpRules(policy.rules());
        return outcome -> verdict(outcome, http);
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
