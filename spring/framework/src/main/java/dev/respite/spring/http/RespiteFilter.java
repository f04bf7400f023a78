package dev.respite.spring.http;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/**
 * Retries the requests of a {@code WebClient}.
 *
 * <pre>{@code
 * WebClient client = WebClient.builder().filter(RespiteFilter.of(retry)).build();
 * }</pre>
 *
 * <p>{@link HttpRetry} has the rules. It retries idempotent methods, others with an idempotency key that the server honours or if
 * certainly nothing was sent. Filters that are added after this one run once for each attempt, those before it once for each
 * call. The last response is emitted, whatever its status. Each subscription is a call of its own; to cancel it ends the attempt
 * in flight or the delay, which holds no thread. Each attempt has the Reactor context of the subscriber.
 *
 * <p><b>Rejected responses.</b> Before a delay a body of at most 64 KiB that arrives within 100 ms is read, so that the connection
 * returns to its pool. Any other is cancelled. Most connectors then close its connection; the connector of the JDK's client
 * keeps it open during the delay.
 *
 * <p><b>Request bodies.</b> A body is recorded while it is sent, up to 256 KiB, and sent again from the record. A longer one, and
 * one that was interrupted while it was sent, is not sent again: its publisher may not support a second subscriber. Mark it by
 * {@link #replayable} if it does. A request without a body costs nothing.
 *
 * <p><b>What a filter cannot do.</b> It ends with the headers of the response. So a body that breaks off afterwards is not retried,
 * and an attempt timeout does not include the body.
 *
 * <p><b>Redirects.</b> A filter sees neither whether the client follows redirects nor where a response came from. Unless {@link
 * #withoutRedirects} declares that it follows none, a refused POST is not sent again, and an idempotency key that was minted does
 * not make a request retryable.
 *
 * <p>Immutable, and safe for use by any number of threads and clients.
 */
public final class RespiteFilter implements ExchangeFilterFunction {

    /**
     * The attribute of each request in an attempt that has a {@code Consumer<Runnable>}. A connector that does not end a cancelled
     * exchange, such as Spring's for Apache's client, passes it an action that does. The action may run more than once, on any thread.
     */
    public static final String ABORT = RespiteFilter.class.getName() + ".abort";

    private static final String REPLAYABLE = RespiteFilter.class.getName() + ".replayable";

    private final HttpRetry retry;
    private final RedirectKnowledge redirects;

    private RespiteFilter(HttpRetry retry, RedirectKnowledge redirects) {
        this.retry = Objects.requireNonNull(retry, "retry");
        this.redirects = redirects;
    }

    /**
     * {@return a filter with budgets of its own for each origin}
     *
     * @param retry the policy, the time and the listeners
     * @throws IllegalArgumentException if the policy judges values by code: here the rules of HTTP do that
     */
    public static RespiteFilter of(Retry retry) {
        return of(HttpRetry.of(retry));
    }

    /**
     * {@return a filter that shares the budgets, breakers and idempotency keys of an {@link HttpRetry}}
     *
     * @param retry what retries
     */
    public static RespiteFilter of(HttpRetry retry) {
        return new RespiteFilter(retry, RedirectKnowledge.unknown());
    }

    /**
     * {@return this filter for a client that follows no redirects} Then a refused connection proves that nothing was sent, and
     * minted idempotency keys count. With idempotency keys, a response that redirects is an {@link IllegalStateException} that
     * names its location. Reactor Netty and the JDK's client follow none by default; the clients that Spring Boot configures do.
     */
    public RespiteFilter withoutRedirects() {
        return new RespiteFilter(retry, RedirectKnowledge.none());
    }

    /**
     * Marks the body of a request as one that can be written again, whatever its length: a file, or a publisher that begins anew
     * for each subscriber. It is not recorded.
     *
     * @return what to pass to {@code attributes} of the request
     */
    public static Consumer<Map<String, Object>> replayable() {
        return attributes -> attributes.put(REPLAYABLE, true);
    }

    @Override
    public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
        boolean marked = request.attribute(REPLAYABLE).isPresent();
        return Mono.deferContextual(context -> {
                    FilteredExchange exchange = new FilteredExchange(
                            request, next, RequestBody.of(request, marked), redirects, context, retry.time());
                    return Mono.fromFuture(retry.sendAsync(exchange)).onErrorMap(exchange::asThrown);
                })
                .doOnDiscard(Received.class, Received::close)
                .map(received -> accepted(request, received.response()))
                .doOnDiscard(ClientResponse.class, Received::release);
    }

    private ClientResponse accepted(ClientRequest request, ClientResponse response) {
        if (!redirects.mayFollow() && retry.hasIdempotencyKeys()) {
            try {
                UnfollowedRedirect.reject(
                        request.method().name(),
                        request.url(),
                        response.statusCode().value(),
                        response.headers().asHttpHeaders().getFirst(HttpHeaders.LOCATION));
            } catch (IllegalStateException redirect) {
                Received.release(response);
                throw redirect;
            }
        }
        return response;
    }

    @Override
    public String toString() {
        return "RespiteFilter[" + retry + "]";
    }
}
