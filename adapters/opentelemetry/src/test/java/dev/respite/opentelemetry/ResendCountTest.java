package dev.respite.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.Nested;
import dev.respite.policy.RetryPolicy;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code http.request.resend_count} on the client spans below, by the real SDK and over real sockets. */
class ResendCountTest {

    private static final RetryPolicy QUICK = RetryPolicy.parse("base-delay=1ms budget=off");

    private final Traces traces = new Traces();
    private final HttpClient instrumented = new InstrumentedClient(traces.sdk);
    private final ConcurrentHashMap<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private HttpServer server;

    /** Answers each path 503, 503, 200. */
    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            int number = requests.computeIfAbsent(path, unseen -> new AtomicInteger())
                    .incrementAndGet();
            exchange.sendResponseHeaders(number % 3 == 0 ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        traces.close();
    }

    private HttpRequest get(String path) {
        InetSocketAddress address = server.getAddress();
        return HttpRequest.newBuilder(URI.create("http://" + address.getHostString() + ":" + address.getPort() + path))
                .build();
    }

    private RetryingHttpClient client() {
        return RetryingHttpClient.of(instrumented, RetryTracing.instrument(Retry.of(QUICK)))
                .withCallScope(RetryTracing::oneRequest);
    }

    /** The count on each span of the path; null where it is absent. */
    private List<Long> counts(String path) {
        return spans(path).stream()
                .map(span -> span.getAttributes().get(longKey("http.request.resend_count")))
                .toList();
    }

    private List<SpanData> spans(String path) {
        return traces.all("GET").stream()
                .filter(span -> span.getAttributes().asMap().toString().contains(path))
                .toList();
    }

    private static void assertOk(HttpResponse<?> response) {
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void send_threeAttempts_areCountedFromTheFirstResend() throws Exception {
        Span page = traces.span("page");
        try (Scope scope = page.makeCurrent()) {
            assertOk(client().send(get("/a"), BodyHandlers.discarding()));
        }
        page.end();

        assertThat(counts("/a")).containsExactly(null, 1L, 2L);
        assertThat(spans("/a"))
                .extracting(SpanData::getParentSpanId)
                .containsOnly(page.getSpanContext().getSpanId());
        assertThat(traces.events("page"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("respite.attempt.failed retry 503 1 "),
                        second -> assertThat(second).startsWith("respite.attempt.failed retry 503 2 "),
                        end -> assertThat(end).startsWith("respite.call.ended retry accepted 3 "));
    }

    @Test
    void sendAsync_threeAttempts_areCountedAndHaveTheirParent() throws Exception {
        Span page = traces.span("page");
        CompletableFuture<HttpResponse<Void>> sent;
        try (Scope scope = page.makeCurrent()) {
            sent = client().sendAsync(get("/a"), BodyHandlers.discarding());
        }
        assertOk(sent.get(20, TimeUnit.SECONDS));
        page.end();

        assertThat(counts("/a")).containsExactly(null, 1L, 2L);
        assertThat(spans("/a"))
                .extracting(SpanData::getParentSpanId)
                .containsOnly(page.getSpanContext().getSpanId());
        assertThat(traces.events("page")).hasSize(3);
    }

    @Test
    void send_oneRequestAfterAnother_beginsAnew() throws Exception {
        RetryingHttpClient client = client();
        assertOk(client.send(get("/a"), BodyHandlers.discarding()));
        assertOk(client.send(get("/b"), BodyHandlers.discarding()));

        assertThat(counts("/a")).containsExactly(null, 1L, 2L);
        assertThat(counts("/b")).containsExactly(null, 1L, 2L);
    }

    @Test
    void sendAsync_manyAtATime_areCountedApart() throws Exception {
        RetryingHttpClient client = client();
        List<String> paths = List.of("/a", "/b", "/c", "/d");
        List<CompletableFuture<HttpResponse<Void>>> sent = paths.stream()
                .map(path -> client.sendAsync(get(path), BodyHandlers.discarding()))
                .toList();
        for (CompletableFuture<HttpResponse<Void>> each : sent) {
            assertOk(each.get(20, TimeUnit.SECONDS));
        }

        assertThat(paths).allSatisfy(path -> assertThat(counts(path)).containsExactly(null, 1L, 2L));
    }

    @Test
    void call_ofAnyRetryInOneRequest_isCounted() throws Exception {
        RetryPolicy policy = RetryPolicy.builder()
                .baseDelay(Duration.ofMillis(1))
                .retryOnResult(HttpResponse.class, result -> result.statusCode() == 503)
                .build();
        Retry retry = RetryTracing.instrument(Retry.of(policy));
        try (Scope request = RetryTracing.oneRequest()) {
            assertOk(retry.call(() -> instrumented.send(get("/a"), BodyHandlers.discarding())));
        }
        CompletableFuture<HttpResponse<Void>> sent;
        try (Scope request = RetryTracing.oneRequest()) {
            sent = retry.callAsync(() -> instrumented.sendAsync(get("/b"), BodyHandlers.discarding()));
        }
        assertOk(sent.get(20, TimeUnit.SECONDS));

        assertThat(counts("/a")).containsExactly(null, 1L, 2L);
        assertThat(counts("/b")).containsExactly(null, 1L, 2L);
    }

    @Test
    void send_insideAnotherRetry_countsEachInnerRequestAnew() throws Exception {
        RetryingHttpClient twice = RetryingHttpClient.of(
                        instrumented,
                        RetryTracing.instrument(
                                Retry.of(RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=off"))))
                .withCallScope(RetryTracing::oneRequest);
        Retry outer = RetryTracing.instrument(Retry.of(RetryPolicy.builder()
                .baseDelay(Duration.ofMillis(1))
                .nested(Nested.RETRY)
                .retryOnResult(HttpResponse.class, result -> result.statusCode() == 503)
                .build()));

        assertOk(outer.call(() -> twice.send(get("/a"), BodyHandlers.discarding())));

        assertThat(counts("/a")).containsExactly(null, 1L, null);
    }
}
