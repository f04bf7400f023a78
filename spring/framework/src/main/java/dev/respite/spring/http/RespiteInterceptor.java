package dev.respite.spring.http;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Retries the requests of a {@code RestClient} or {@code RestTemplate}.
 *
 * <pre>{@code
 * RestClient client = RestClient.builder()
 *         .requestInterceptor(RespiteInterceptor.of(retry))
 *         .build();
 * }</pre>
 *
 * <p>{@link HttpRetry} has the rules. It retries idempotent methods, others with an idempotency key that the server honours or if
 * certainly nothing was sent. Interceptors that are added after this one run once for each attempt, such as one that signs
 * requests or refreshes a token; those before it run once for each call. The last response is returned, and the client throws for
 * its status.
 *
 * <p><b>Rejected responses.</b> Before a delay a body of at most 64 KiB that arrives within 100 ms is read, so that the
 * connection can be used by others. Any other is closed. The factory of {@code HttpURLConnection} reads to its end first, and so does
 * the factory of Apache's client without {@link #onAbort}.
 *
 * <p><b>What an interceptor cannot do.</b> It ends with the headers of the response. So a body that breaks off while the client
 * reads it is not retried, and an attempt timeout does not include the body. At its timeout an attempt is interrupted. The
 * exchanges of the JDK's client and Reactor Netty end by that. Apache's client and Jetty need {@link #onAbort}, which clients that
 * Spring Boot builds have, and {@code HttpURLConnection} needs a read timeout. With any interceptor Spring buffers the whole body of a
 * request in memory.
 *
 * <p><b>Redirects.</b> An interceptor sees neither whether the client follows redirects nor where a response came from. Unless
 * {@link #withoutRedirects} declares that it follows none, a refused POST is not sent again, and an idempotency key that was
 * minted does not make a request retryable.
 *
 * <p>Immutable, and safe for use by any number of threads and clients.
 */
public final class RespiteInterceptor implements ClientHttpRequestInterceptor {

    private final HttpRetry retry;
    private final RedirectKnowledge redirects;

    private RespiteInterceptor(HttpRetry retry, RedirectKnowledge redirects) {
        this.retry = Objects.requireNonNull(retry, "retry");
        this.redirects = redirects;
    }

    /**
     * {@return an interceptor with budgets of its own for each origin}
     *
     * @param retry the policy, the time and the listeners
     * @throws IllegalArgumentException if the policy judges values by code: here the rules of HTTP do that
     */
    public static RespiteInterceptor of(Retry retry) {
        return of(HttpRetry.of(retry));
    }

    /**
     * {@return an interceptor that shares the budgets, breakers and idempotency keys of an {@link HttpRetry}}
     *
     * @param retry what retries
     */
    public static RespiteInterceptor of(HttpRetry retry) {
        return new RespiteInterceptor(retry, RedirectKnowledge.unknown());
    }

    /**
     * {@return this interceptor for a client that follows no redirects} Then a refused connection proves that nothing was sent,
     * and minted idempotency keys count. With idempotency keys, a response that redirects is an {@link IllegalStateException} that
     * names its location. The JDK's client of {@code JdkClientHttpRequestFactory} follows none by default, Apache's and the
     * clients that Spring Boot configures do.
     */
    public RespiteInterceptor withoutRedirects() {
        return new RespiteInterceptor(retry, RedirectKnowledge.none());
    }

    /**
     * Registers an action that ends the exchange that this thread runs for an attempt, for a client that ignores interrupts. It runs
     * on another thread at the attempt's timeout or for a rejected response, and on this thread if the exchange fails. It may run more
     * than once and must not wait. Without an attempt on this thread nothing happens.
     *
     * @param abort ends the exchange
     */
    public static void onAbort(Runnable abort) {
        ExchangeAbort.registerForThisThread(Objects.requireNonNull(abort, "abort"));
    }

    /**
     * Sends a request, again where that is worth it and safe.
     *
     * @throws IOException the failure of the last attempt; an {@link InterruptedIOException} if the thread was interrupted
     *     before an attempt, with the interrupt flag set
     */
    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        boolean mayRedirect = redirects.mayFollow();
        InterceptedExchange exchange = new InterceptedExchange(request, body, execution, mayRedirect, retry.time());
        ClientHttpResponse last = retry.send(exchange, IOException.class);
        if (!mayRedirect && retry.hasIdempotencyKeys()) {
            rejectRedirect(request, last);
        } else if (mayRedirect && exchange.hasMintedKey()) {
            redirects.warnOfKeys("RespiteInterceptor");
        }
        return last;
    }

    private static void rejectRedirect(HttpRequest request, ClientHttpResponse response) throws IOException {
        try {
            UnfollowedRedirect.reject(
                    request.getMethod().name(),
                    request.getURI(),
                    response.getStatusCode().value(),
                    response.getHeaders().getFirst(HttpHeaders.LOCATION));
        } catch (IllegalStateException redirect) {
            response.close();
            throw redirect;
        }
    }

    @Override
    public String toString() {
        return "RespiteInterceptor[" + retry + "]";
    }
}
