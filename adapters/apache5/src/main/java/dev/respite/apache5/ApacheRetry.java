package dev.respite.apache5;

import dev.respite.http.exchange.HttpRetry;
import java.util.Objects;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.HttpException;

/**
 * Retries the requests of an Apache HttpClient 5 in place of the client's own retries:
 *
 * <pre>{@code
 * CloseableHttpClient client = ApacheRetry.of(HttpRetry.of(retry)).install(HttpClients.custom()).build();
 * }</pre>
 *
 * <p>It is effective whatever else is set in the builder, before or after. Interceptors of the chain that are added after {@link
 * ChainElement#RETRY}, or last, see each attempt.
 *
 * <p>Authentication is a part of an attempt. A redirect that the client follows is another call, with attempts, limits and an
 * idempotency key of its own. The limit of an attempt ends with the header fields of its response, unless bodies are {@linkplain
 * #withBufferedBodies buffered}. To cancel a request, or the
 * future of an asynchronous one, ends its attempt or its delay. A request whose body cannot be repeated is sent again only if its
 * body was not begun. Requests are not hedged.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class ApacheRetry {

    private static final String PLACE = ChainElement.RETRY.name();

    /** An element that is always there: where the client's own retries are disabled there is none to replace. */
    private static final String INNER_PLACE = ChainElement.PROTOCOL.name();

    private static final String NAME = "RESPITE";
    private static final String SENDING = "RESPITE_SENDING";

    /** An attempt that has ended may get its connection too late. */
    private static final AsyncExecChainHandler ASYNC_SENDING = (request, body, scope, chain, callback) -> {
        if (scope.cancellableDependency.isCancelled()) {
            callback.failed(new RequestFailedException("Request aborted"));
        } else {
            SentRequest.sending(scope.originalRequest);
            chain.proceed(request, body, scope, callback);
        }
    };

    final HttpRetry retry;

    /** The number of bytes of a response that are read inside the attempt. */
    final int maxBuffered;

    private ApacheRetry(HttpRetry retry, int maxBuffered) {
        this.retry = Objects.requireNonNull(retry, "retry");
        this.maxBuffered = maxBuffered;
    }

    /**
     * {@return a retry for clients of Apache}
     *
     * @param retry the policy, budgets, breakers and idempotency keys
     */
    public static ApacheRetry of(HttpRetry retry) {
        return new ApacheRetry(retry, 0);
    }

    /**
     * {@return this retry with bodies of responses that are read into memory inside the attempt} Then a body that breaks off, or is
     * slower than the attempt's limit, is a failed attempt, which is retried as any other. By default, and for a body that is longer
     * or a stream of events, the attempt ends with the header fields, and a broken body is the caller's.
     *
     * @param maxBytes how many bytes of a body, decompressed, are kept in memory until the caller reads them
     * @throws IllegalArgumentException if the number is below 1
     */
    public ApacheRetry withBufferedBodies(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("withBufferedBodies(" + maxBytes
                    + "): the limit is at least 1 byte; without this method no body is buffered");
        }
        return new ApacheRetry(retry, maxBytes);
    }

    /**
     * {@return the same builder, whose clients retry}
     *
     * @param builder the builder, which is changed
     */
    public HttpClientBuilder install(HttpClientBuilder builder) {
        ExecChainHandler handler = (request, scope, chain) -> scope.originalRequest instanceof SentRequest
                ? chain.proceed(request, scope)
                : retry.send(new ClassicCall(request, scope, chain, this), HttpException.class);
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, (request, scope, chain) -> {
                    SentRequest.sending(scope.originalRequest);
                    return chain.proceed(request, scope);
                });
    }

    /**
     * {@return the same builder, whose clients retry; a delay holds no thread}
     *
     * @param builder the builder, which is changed
     */
    public HttpAsyncClientBuilder install(HttpAsyncClientBuilder builder) {
        AsyncExecChainHandler handler = asyncHandler();
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, ASYNC_SENDING);
    }

    /**
     * {@return the same builder of clients for HTTP/2, which retry; a delay holds no thread}
     *
     * @param builder the builder, which is changed
     */
    public H2AsyncClientBuilder install(H2AsyncClientBuilder builder) {
        AsyncExecChainHandler handler = asyncHandler();
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, ASYNC_SENDING);
    }

    private AsyncExecChainHandler asyncHandler() {
        return (request, body, scope, chain, callback) -> {
            if (scope.originalRequest instanceof SentRequest) {
                chain.proceed(request, body, scope, callback);
            } else {
                new AsyncCall(request, body, scope, chain, callback, this).run();
            }
        };
    }
}
