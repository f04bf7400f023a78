package dev.respite.idempotency.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
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
 * Handles requests that carry an idempotency key once: a filter for the JDK's HTTP server.
 *
 * <p>Keys belong to the authenticated principal: an authenticator of the context runs before every filter, for a request that
 * is replayed as for any other. What decides on permissions and rates has to come before this filter too, or be asked by
 * {@link #withMayReplay}.
 *
 * <p>The handler finds what it is given to work with under the attribute {@link #CONTEXT}. It answers before it returns, and
 * its response is held in memory until it is recorded; only then is its first byte sent. A client that goes away changes
 * nothing: the handler goes on, and whoever sends the key again is answered in full.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class HttpServerFilter extends Filter {

    /** The attribute of the exchange in which a handler finds what it is given to work with. */
    public static final String CONTEXT = "dev.respite.idempotency.context";

    private final HttpGuard<?> guard;
    private final Function<? super HttpExchange, Optional<Scope>> scope;
    private final BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay;

    private HttpServerFilter(
            HttpGuard<?> guard,
            Function<? super HttpExchange, Optional<Scope>> scope,
            BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay) {
        this.guard = guard;
        this.scope = scope;
        this.mayReplay = mayReplay;
    }

    /**
     * A filter for keys of the authenticated principal. Without one, requests with a key are refused with 401.
     *
     * @param guard what keys mean
     * @return the filter
     */
    public static HttpServerFilter of(HttpGuard<?> guard) {
        return new HttpServerFilter(guard, HttpServerFilter::principal, (exchange, record) -> true);
    }

    /**
     * This filter for keys of something else.
     *
     * @param scope says whose key it is; nothing is answered with 401
     * @return the filter
     */
    public HttpServerFilter withScope(Function<? super HttpExchange, Optional<Scope>> scope) {
        return new HttpServerFilter(guard, Objects.requireNonNull(scope, "scope"), mayReplay);
    }

    /**
     * This filter with a question that is asked before each replay. If the answer is no, the reply is 403.
     *
     * @param mayReplay whether a result may still be told to whoever asks
     * @return the filter
     */
    public HttpServerFilter withMayReplay(BiPredicate<? super HttpExchange, ? super IdempotencyRecord> mayReplay) {
        return new HttpServerFilter(guard, scope, Objects.requireNonNull(mayReplay, "mayReplay"));
    }

    @Override
    public String description() {
        return "handles requests that carry an idempotency key once";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        HttpHead head = head(exchange);
        Plan plan = guard.plan(head, () -> scope.apply(exchange));
        if (plan instanceof Plan.Pass) {
            chain.doFilter(exchange);
            return;
        }
        send(
                exchange,
                plan instanceof Plan.Keyed keyed
                        ? handled(exchange, chain, head, keyed)
                        : ((Plan.Refuse) plan).reply());
    }

    private StoredResponse handled(HttpExchange exchange, Chain chain, HttpHead head, Plan.Keyed keyed)
            throws IOException {
        InputStream in = exchange.getRequestBody();
        // A body that is cut short ends here, by an exception, before anything is claimed.
        byte[] body = in.readNBytes(guard.bodyLimit());
        if (body.length == guard.bodyLimit() && in.read() >= 0) {
            return guard.tooLarge();
        }
        return guard.<IOException>handle(head, keyed, body, record -> mayReplay.test(exchange, record), context -> {
            BufferedExchange buffered = new BufferedExchange(exchange, body, Map.of(CONTEXT, context));
            chain.doFilter(buffered);
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
