package dev.respite.idempotency.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A handler of the JDK's HTTP server that runs requests with an idempotency key once. It wraps another handler.
 *
 * <p>It is not a filter, because the JDK's server runs the authenticator of a context after all filters: a filter could
 * replay a result to an unauthenticated client. A handler runs after the authenticator and all filters, for replayed
 * requests too. Keys belong to the authenticated principal.
 *
 * <p>The wrapped handler finds its context under the attribute {@link #CONTEXT}. It must respond before it returns. Its
 * response is held until it is recorded, see {@link HttpGuard#withResponseLimits}; only then is its first byte sent. If the client disconnects, the
 * handler continues, and a later request with the same key gets the complete response.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class IdempotentHandler implements HttpHandler {

    /** The attribute of the exchange that contains the context of the work. */
    public static final String CONTEXT = "dev.respite.idempotency.context";

    private final HttpGuard<?> guard;
    private final HttpHandler handler;
    private final Function<? super HttpExchange, Optional<Scope>> scope;
    private final BiPredicate<? super HttpExchange, ? super IdempotencyRecord> replayAuthorizer;

    private IdempotentHandler(
            HttpGuard<?> guard,
            HttpHandler handler,
            Function<? super HttpExchange, Optional<Scope>> scope,
            BiPredicate<? super HttpExchange, ? super IdempotencyRecord> replayAuthorizer) {
        this.guard = guard;
        this.handler = handler;
        this.scope = scope;
        this.replayAuthorizer = replayAuthorizer;
    }

    /**
     * {@return a handler for keys of the authenticated principal} Requests with a key and without a principal are rejected with
     * 401.
     *
     * @param guard the semantics of keys
     * @param handler handles the requests
     */
    public static IdempotentHandler of(HttpGuard<?> guard, HttpHandler handler) {
        return new IdempotentHandler(
                Objects.requireNonNull(guard, "guard"),
                Objects.requireNonNull(handler, "handler"),
                IdempotentHandler::principal,
                (exchange, record) -> true);
    }

    /**
     * {@return a handler for keys of the principal within a scope, such as its tenant} A request without a principal is answered
     * with 401.
     *
     * @param scope returns the scope; an empty result is answered with 401
     */
    public IdempotentHandler withScope(Function<? super HttpExchange, Optional<Scope>> scope) {
        Objects.requireNonNull(scope, "scope");
        return withSharedScope(exchange ->
                name(exchange).flatMap(name -> scope.apply(exchange).map(within -> within.withPrincipal(name))));
    }

    /**
     * {@return a handler for keys that all callers of a scope share: each of them gets the responses of the others, if it sends
     * their keys and requests} No principal is needed.
     *
     * @param scope returns the scope from the authentication, never from what a caller only claims; an empty result is answered
     *     with 401
     */
    public IdempotentHandler withSharedScope(Function<? super HttpExchange, Optional<Scope>> scope) {
        return new IdempotentHandler(guard, handler, Objects.requireNonNull(scope, "scope"), replayAuthorizer);
    }

    /**
     * {@return a handler that checks each replay} A replay that is not authorized is answered with 403.
     *
     * @param replayAuthorizer whether this request may get the recorded response
     */
    public IdempotentHandler withReplayAuthorizer(
            BiPredicate<? super HttpExchange, ? super IdempotencyRecord> replayAuthorizer) {
        return new IdempotentHandler(
                guard, handler, scope, Objects.requireNonNull(replayAuthorizer, "replayAuthorizer"));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpHead head = head(exchange);
        if (!guard.appliesTo(head)) {
            handler.handle(exchange);
            return;
        }
        Optional<Scope> principal = scope.apply(exchange);
        Optional<StoredResponse> rejection = guard.rejection(head, principal);
        ResponseBody held = new ResponseBody(guard.maxResponseInMemory(), guard.maxResponseLength());
        try {
            send(
                    exchange,
                    rejection.isPresent() ? rejection.get() : once(exchange, head, principal.orElseThrow(), held),
                    held);
        } finally {
            held.discard();
        }
    }

    private StoredResponse once(HttpExchange exchange, HttpHead head, Scope principal, ResponseBody held)
            throws IOException {
        InputStream in = exchange.getRequestBody();
        // A truncated body ends the request here with an exception, before a key is claimed.
        byte[] body = in.readNBytes(guard.bodyLimit());
        if (body.length == guard.bodyLimit() && in.read() >= 0) {
            return guard.tooLarge();
        }
        return guard.<IOException>handle(
                head, principal, body, record -> replayAuthorizer.test(exchange, record), context -> {
                    BufferedExchange buffered = new BufferedExchange(exchange, body, held, Map.of(CONTEXT, context));
                    try {
                        handler.handle(buffered);
                        return buffered.response();
                    } finally {
                        buffered.end();
                    }
                });
    }

    /** Sends a response. The held body is sent if the response has none. */
    private static void send(HttpExchange exchange, StoredResponse reply, ResponseBody held) throws IOException {
        Optional<byte[]> body = reply.body();
        long length = body.isPresent() ? body.get().length : held.length();
        exchange.getResponseHeaders().putAll(reply.headers());
        exchange.sendResponseHeaders(reply.status(), length == 0 ? -1 : length);
        if (length > 0 && body.isPresent()) {
            exchange.getResponseBody().write(body.get());
        } else if (length > 0) {
            held.writeTo(exchange.getResponseBody());
        }
        exchange.close();
    }

    private static HttpHead head(HttpExchange exchange) {
        return new HttpHead(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()),
                name -> exchange.getRequestHeaders().getOrDefault(name, List.of()));
    }

    private static Optional<Scope> principal(HttpExchange exchange) {
        return name(exchange).map(Scope::of);
    }

    private static Optional<String> name(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getPrincipal()).map(HttpPrincipal::getName);
    }
}
