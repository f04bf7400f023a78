package dev.respite.idempotency.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.StoredResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Handles requests that carry an idempotency key once: a handler of the JDK's HTTP server around another.
 *
 * <p>It is a handler and no filter, because the JDK's server runs the authenticator of a context after all filters: a filter
 * could tell a result to somebody who has not been authenticated. This way authenticator and filters have had their say about
 * each request, also about one that is replayed. Keys belong to the principal that the authenticator has found.
 *
 * <p>The handler behind it finds what it is given to work with under the attribute {@link #CONTEXT}. It answers before it
 * returns, and its response is held in memory until it is recorded; only then is its first byte sent. A client that goes away
 * changes nothing: the handler goes on, and whoever sends the key again is answered in full.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class IdempotentHandler implements HttpHandler {

    /** The attribute of the exchange in which the handler finds what it is given to work with. */
    public static final String CONTEXT = "dev.respite.idempotency.context";

    private final HttpGuard<?> guard;
    private final HttpHandler handler;
    private final Function<? super HttpExchange, Optional<Scope>> scope;
    private final BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay;

    private IdempotentHandler(
            HttpGuard<?> guard,
            HttpHandler handler,
            Function<? super HttpExchange, Optional<Scope>> scope,
            BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay) {
        this.guard = guard;
        this.handler = handler;
        this.scope = scope;
        this.mayReplay = mayReplay;
    }

    /**
     * A handler around another, for keys of the authenticated principal. Where there is none, requests with a key are refused
     * with 401.
     *
     * @param guard what keys mean
     * @param handler what handles a request
     * @return the handler
     */
    public static IdempotentHandler of(HttpGuard<?> guard, HttpHandler handler) {
        return new IdempotentHandler(
                Objects.requireNonNull(guard, "guard"),
                Objects.requireNonNull(handler, "handler"),
                IdempotentHandler::principal,
                (exchange, record) -> true);
    }

    /**
     * This handler for keys of something else.
     *
     * @param scope says whose key it is, by what has been authenticated; nothing is answered with 401
     * @return the handler
     */
    public IdempotentHandler withScope(Function<? super HttpExchange, Optional<Scope>> scope) {
        return new IdempotentHandler(guard, handler, Objects.requireNonNull(scope, "scope"), mayReplay);
    }

    /**
     * This handler with a question that is asked before each replay. If the answer is no, the reply is 403.
     *
     * @param mayReplay whether a result may still be told to whoever asks
     * @return the handler
     */
    public IdempotentHandler withMayReplay(BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay) {
        return new IdempotentHandler(guard, handler, scope, Objects.requireNonNull(mayReplay, "mayReplay"));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpHead head = head(exchange);
        Plan plan = guard.plan(head, () -> scope.apply(exchange));
        if (plan instanceof Plan.Pass) {
            handler.handle(exchange);
        } else if (plan instanceof Plan.Refuse refuse) {
            send(exchange, refuse.reply());
        } else {
            send(exchange, once(exchange, head, (Plan.Keyed) plan));
        }
    }

    private StoredResponse once(HttpExchange exchange, HttpHead head, Plan.Keyed keyed) throws IOException {
        InputStream in = exchange.getRequestBody();
        // A body that is cut short ends here, by an exception, before anything is claimed.
        byte[] body = in.readNBytes(guard.bodyLimit());
        if (body.length == guard.bodyLimit() && in.read() >= 0) {
            return guard.tooLarge();
        }
        return guard.<IOException>handle(head, keyed, body, record -> mayReplay.test(exchange, record), context -> {
            BufferedExchange buffered = new BufferedExchange(exchange, body, Map.of(CONTEXT, context));
            handler.handle(buffered);
            return buffered.response();
        });
    }

    private static void send(HttpExchange exchange, StoredResponse reply) throws IOException {
        byte[] body = reply.body().orElseThrow();
        exchange.getResponseHeaders().putAll(reply.headers());
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
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
        return Optional.ofNullable(exchange.getPrincipal())
                .map(HttpPrincipal::getName)
                .map(Scope::of);
    }
}
