package dev.respite.spring.boot.test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Makes a client of a test send each POST twice, with one idempotency key, as a client does that has lost the first response. A
 * successful response must be replayed: otherwise an {@link AssertionError} names the difference. The caller gets the first
 * response.
 *
 * <pre>{@code
 * RepeatedPosts posts = RepeatedPosts.create();
 * RestClient client = RestClient.builder().requestInterceptor(posts).build();
 * posts.assertTookEffectOnce(
 *         payments::get, () -> client.post().uri(uri).body("100").retrieve().toBodilessEntity());
 * }</pre>
 *
 * <p>For {@code RestTestClient}, {@code TestRestTemplate}, {@code RestClient} and {@code RestTemplate}. Asynchronous handlers
 * need a server: Spring's clients of MockMvc do not wait for them. Safe for use by several threads, but for the assertion.
 */
public final class RepeatedPosts implements ClientHttpRequestInterceptor {

    private static final String REPLAYED = "Idempotent-Replayed";

    private static final String REMEDY =
            ": annotate the handler with @Idempotent, and send the request through the filters of the"
                    + " application, which MockMvcBuilders.standaloneSetup leaves out";

    private final String header;
    private final AtomicInteger repeated = new AtomicInteger();

    private RepeatedPosts(String header) {
        this.header = header;
    }

    /** {@return an interceptor that sends keys in the header {@code Idempotency-Key}} */
    public static RepeatedPosts create() {
        return ofHeader("Idempotency-Key");
    }

    /**
     * {@return an interceptor that sends keys in another header}
     *
     * @param header the value of {@code respite.idempotency.header}
     */
    public static RepeatedPosts ofHeader(String header) {
        return new RepeatedPosts(header);
    }

    /** Sends the request, and a POST once more. A key of the request is kept. */
    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        if (!request.getMethod().equals(HttpMethod.POST)) {
            return execution.execute(request, body);
        }
        if (!request.getHeaders().containsHeader(header)) {
            request.getHeaders().set(header, '"' + UUID.randomUUID().toString() + '"');
        }
        Received first = Received.of(execution.execute(request, body));
        Received second = Received.of(execution.execute(request, body));
        repeated.incrementAndGet();
        if (first.status().is2xxSuccessful() && !second.isReplayOf(first)) {
            throw new AssertionError("the repeated POST " + request.getURI() + " was executed again or rejected: "
                    + first + ", then " + second + REMEDY);
        }
        return first;
    }

    /**
     * Runs a POST by a client with this interceptor, and requires that it took effect once.
     *
     * @param effects counts the effects, for example rows of a table
     * @param post sends the POST
     * @throws AssertionError if the count has not risen by one, or the client has repeated no POST
     */
    public void assertTookEffectOnce(LongSupplier effects, Runnable post) {
        int before = repeated.get();
        long none = effects.getAsLong();
        post.run();
        long found = effects.getAsLong() - none;
        if (repeated.get() == before) {
            throw new AssertionError(
                    "no POST was repeated: add this interceptor to the client, for example by requestInterceptor(posts)");
        }
        if (found != 1) {
            throw new AssertionError("the POST and its repetition took effect " + found
                    + " times instead of once: the handler must have one effect, on the connection of the transaction of"
                    + " the request");
        }
    }

    /** A response whose body has been read. */
    private record Received(HttpStatusCode status, String statusText, HttpHeaders headers, ByteArrayResource content)
            implements ClientHttpResponse {

        static Received of(ClientHttpResponse response) throws IOException {
            try (response) {
                return new Received(
                        response.getStatusCode(),
                        response.getStatusText(),
                        response.getHeaders(),
                        new ByteArrayResource(response.getBody().readAllBytes()));
            }
        }

        boolean isReplayOf(Received first) {
            return "true".equals(headers.getFirst(REPLAYED))
                    && status.equals(first.status)
                    && content.equals(first.content);
        }

        @Override
        public HttpStatusCode getStatusCode() {
            return status;
        }

        @Override
        public String getStatusText() {
            return statusText;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public InputStream getBody() throws IOException {
            return content.getInputStream();
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            String text = new String(content.getByteArray(), StandardCharsets.UTF_8);
            return status + " " + (text.length() <= 200 ? text : text.substring(0, 200) + "…");
        }
    }
}
