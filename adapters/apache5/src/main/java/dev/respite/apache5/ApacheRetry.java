package dev.respite.apache5;

import dev.respite.http.exchange.HttpRetry;
import java.util.Objects;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * Retries the requests of an Apache HttpClient 5, classic or asynchronous, in place of the client's own retries.
 *
 * <pre>{@code
 * CloseableHttpClient client = ApacheRetry.of(HttpRetry.of(retry)).install(HttpClients.custom()).build();
 * }</pre>
 *
 * <p>It is effective whatever else is set in the builder, before or after: {@code disableAutomaticRetries} and {@code
 * setRetryStrategy} change nothing. Interceptors of the chain that are added after {@link ChainElement#RETRY}, or before {@link
 * ChainElement#MAIN_TRANSPORT}, see each attempt.
 *
 * <p>Authentication is a part of an attempt. A redirect that the client follows is another call, with attempts, limits and an
 * idempotency key of its own. The limit of an attempt ends with the header fields of its response. To cancel a request, or the
 * future of an asynchronous one, ends its attempt or its delay. A request whose body cannot be repeated is sent again only if its
 * body was not begun. Requests are not hedged.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class ApacheRetry {

    private static final String PLACE = ChainElement.RETRY.name();

    /** The place of an element that is always there. */
    private static final String INNER_PLACE = ChainElement.PROTOCOL.name();

    private static final String NAME = "RESPITE";
    private static final String SENDING = "RESPITE_SENDING";

    private final HttpRetry retry;

    private ApacheRetry(HttpRetry retry) {
        this.retry = Objects.requireNonNull(retry, "retry");
    }

    /**
     * {@return a retry for clients of Apache}
     *
     * @param retry the policy, budgets, breakers and idempotency keys
     */
    public static ApacheRetry of(HttpRetry retry) {
        return new ApacheRetry(retry);
    }

    /**
     * Has the clients of a builder retry.
     *
     * @param builder the builder, which is changed
     * @return the same builder
     */
    public HttpClientBuilder install(HttpClientBuilder builder) {
        // Where the client's own retries are disabled there is nothing to replace. Of two handlers the inner one does
        // nothing.
        ExecChainHandler handler = (request, scope, chain) -> AttemptRequest.isIn(scope.originalRequest)
                ? chain.proceed(request, scope)
                : new ClassicCall(request, scope, chain, retry.time()).run(retry);
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, (request, scope, chain) -> {
                    AttemptRequest.sending(scope.originalRequest);
                    return chain.proceed(request, scope);
                });
    }

    /**
     * Has the asynchronous clients of a builder retry. A delay holds no thread of the client.
     *
     * @param builder the builder, which is changed
     * @return the same builder
     */
    public HttpAsyncClientBuilder install(HttpAsyncClientBuilder builder) {
        AsyncExecChainHandler handler = asyncHandler();
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, ApacheRetry.asyncSending());
    }

    /**
     * Has the clients of a builder for HTTP/2 retry, as {@link #install(HttpAsyncClientBuilder)} does.
     *
     * @param builder the builder, which is changed
     * @return the same builder
     */
    public H2AsyncClientBuilder install(H2AsyncClientBuilder builder) {
        AsyncExecChainHandler handler = asyncHandler();
        return builder.replaceExecInterceptor(PLACE, handler)
                .addExecInterceptorBefore(INNER_PLACE, NAME, handler)
                .addExecInterceptorLast(SENDING, ApacheRetry.asyncSending());
    }

    private AsyncExecChainHandler asyncHandler() {
        return (request, body, scope, chain, callback) -> {
            if (AttemptRequest.isIn(scope.originalRequest)) {
                chain.proceed(request, body, scope, callback);
            } else {
                new AsyncCall(request, body, scope, chain, callback, retry.time()).run(retry);
            }
        };
    }

    private static AsyncExecChainHandler asyncSending() {
        return (request, body, scope, chain, callback) -> {
            AttemptRequest.sending(scope.originalRequest);
            chain.proceed(request, body, scope, callback);
        };
    }
}
