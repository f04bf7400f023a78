package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.respite.testsupport.RealTime;
import feign.Feign;
import feign.Headers;
import feign.RequestLine;
import feign.RetryableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The requests that one refused retry causes, by clients with the retries that they make by default. Delays are real. */
@Tag("slow")
class RefusedRetryClientsTest {

    private static final int RETRY_AFTER_SECONDS = 2;

    private final Queue<Long> requestNanos = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requestNanos.add(System.nanoTime());
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
            exchange.getResponseHeaders().set("x-should-retry", "false");
            exchange.getResponseHeaders().set("Respite-Refused", "retry");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Asserts the number of requests, and the least time between two of them. */
    private void assertRequests(int number, Duration minDelay) {
        List<Long> times = new ArrayList<>(requestNanos);
        assertThat(times).hasSize(number);
        for (int i = 1; i < number; i++) {
            assertThat(Duration.ofNanos(times.get(i) - times.get(i - 1))).isGreaterThanOrEqualTo(minDelay);
        }
    }

    @Test
    void okHttp_sendsNoFurtherRequest() throws IOException {
        OkHttpClient client = new OkHttpClient();
        Request request = new Request.Builder()
                .url(address())
                .header("x-envoy-attempt-count", "2")
                .post(RequestBody.create("body".getBytes(StandardCharsets.UTF_8)))
                .build();
        try (Response response = client.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(503);
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
        assertRequests(1, Duration.ZERO);
    }

    @Test
    void apacheClient5_sendsOneMoreRequestAfterTheDelayOfTheServer() throws IOException {
        HttpPost request = new HttpPost(address());
        request.setHeader("x-envoy-attempt-count", "2");
        request.setEntity(new StringEntity("body"));
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            int status = client.execute(request, response -> response.getCode());
            assertThat(status).isEqualTo(503);
        }
        assertRequests(2, Duration.ofSeconds(RETRY_AFTER_SECONDS));
    }

    /** A service. */
    interface Quotes {
        @RequestLine("POST /")
        @Headers("x-envoy-attempt-count: 2")
        String fetch(String body);
    }

    @Test
    void feign_sendsFourMoreRequestsWithinTheDelaysOfTheServer() throws Exception {
        Quotes quotes = Feign.builder().target(Quotes.class, address());
        RealTime.assertTakesAtMost(Duration.ofSeconds(4 * RETRY_AFTER_SECONDS - 1), () -> {
            requestNanos.clear();
            assertThatThrownBy(() -> quotes.fetch("body")).isInstanceOf(RetryableException.class);
            assertRequests(5, Duration.ofMillis(900));
        });
    }
}
