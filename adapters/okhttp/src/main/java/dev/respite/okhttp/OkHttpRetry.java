package dev.respite.okhttp;

import dev.respite.http.exchange.HttpRetry;
import java.util.Objects;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/**
 * Retries the calls of an OkHttp client, and switches off what that client would send again by itself.
 *
 * <pre>{@code
 * OkHttpRetry retrying = OkHttpRetry.of(new OkHttpClient(), HttpRetry.of(retry));
 * try (Response response = retrying.newCall(request).execute()) { … }
 * }</pre>
 *
 * <p>It is a {@link Call.Factory}, as Retrofit takes one. A call that is enqueued holds no thread of the dispatcher during a delay.
 * For a library that takes an {@link OkHttpClient} there is {@link #client()}, whose enqueued calls hold one.
 *
 * <p>The interceptors of the given client see each attempt. Redirects and authentication stay OkHttp's, so an attempt may be more
 * than one request. The limit of an attempt ends with the header fields of its response, unless bodies are {@linkplain
 * #withBufferedBodies buffered}; {@code callTimeout} limits the whole call, with its delays, until then. A request whose body {@code isOneShot} or {@code isDuplex} is sent again only if its body was not
 * begun. Requests are not hedged.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class OkHttpRetry implements Call.Factory {

    final HttpRetry retry;

    /** Sends each request once. */
    final OkHttpClient once;

    private final OkHttpClient retrying;

    /** The number of bytes of a response that are read inside the attempt. */
    final int maxBuffered;

    private OkHttpRetry(OkHttpClient once, HttpRetry retry, int maxBuffered) {
        this.retry = Objects.requireNonNull(retry, "retry");
        this.once = once;
        this.maxBuffered = maxBuffered;
        OkHttpClient.Builder outside = once.newBuilder();
        outside.interceptors().add(0, new RetryInterceptor(retry, maxBuffered));
        this.retrying = outside.build();
    }

    /**
     * Creates a retry of a client.
     *
     * @param client the client, whose dispatcher, connections and settings are used
     * @param retry the policy, budgets, breakers and idempotency keys
     * @return the retry
     * @throws IllegalStateException if OkHttp is older than 5.4: without its own retries, it would not try the other addresses of a
     *     host
     */
    public static OkHttpRetry of(OkHttpClient client, HttpRetry retry) {
        try {
            Interceptor.Chain.class.getMethod("withRetryOnConnectionFailure", boolean.class);
        } catch (NoSuchMethodException old) {
            throw new IllegalStateException(
                    "the OkHttp of "
                            + Interceptor.class.getProtectionDomain().getCodeSource()
                            + " tries the other addresses of a host only with its own retries, which would send a POST"
                            + " twice: use com.squareup.okhttp3:okhttp-jvm 5.4 or later",
                    old);
        }
        OkHttpClient.Builder once = client.newBuilder().retryOnConnectionFailure(false);
        once.networkInterceptors().add(0, SingleRequest::send);
        return new OkHttpRetry(once.build(), retry, 0);
    }

    /**
     * {@return this retry with bodies of responses that are read into memory inside the attempt} Then a body that breaks off, or is
     * slower than the attempt's limit, is a failed attempt, which is retried as any other. By default, and for a body that is longer
     * or a stream of events, the attempt ends with the header fields, and a broken body is the caller's.
     *
     * @param maxBytes how many bytes of a body, decompressed, are kept in memory until the caller reads them
     * @throws IllegalArgumentException if the number is below 1
     */
    public OkHttpRetry withBufferedBodies(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("withBufferedBodies(" + maxBytes
                    + "): the limit is at least 1 byte; without this method no body is buffered");
        }
        return new OkHttpRetry(once, retry, maxBytes);
    }

    /** {@return a client with this retry as its first interceptor, for libraries that take no {@link Call.Factory}} */
    public OkHttpClient client() {
        return retrying;
    }

    @Override
    public Call newCall(Request request) {
        return new RetryingCall(this, request);
    }
}
