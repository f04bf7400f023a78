package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Spring's {@code RestClient} over the JDK's client; run with Spring 7 and with Spring 6. */
class SpringRestClientTest {

    private ScriptedServer server;

    /** What a JSON body is made of. */
    public record Payment(int amount, String currency) {}

    @AfterEach
    void close() {
        server.close();
    }

    private RetryingHttpClient client(String policy) {
        return RetryingHttpClient.of(
                HttpClient.newHttpClient(), Retry.of(RetryPolicy.parse("base-delay=1ms budget=off " + policy)));
    }

    private RestClient spring(HttpClient client) {
        return RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory(client))
                .baseUrl(server.uri().toString())
                .build();
    }

    @Test
    void get_of503_isRetried() throws IOException {
        server = ScriptedServer.responding(503, 200);
        assertThat(spring(client("")).get().uri("/").retrieve().body(String.class))
                .isEqualTo("done");
        assertThat(server.requests()).hasSize(2);
    }

    /** Spring streams a body of unknown length, which is recorded when it is sent and sent again from memory. */
    @Test
    void put_ofAJsonBody_isRetriedWithTheSameBody() throws IOException {
        server = ScriptedServer.responding(503, 200);
        spring(client(""))
                .put()
                .uri("/")
                .contentType(MediaType.APPLICATION_JSON)
                .body(new Payment(100, "EUR"))
                .retrieve()
                .toBodilessEntity();
        assertThat(server.requests()).extracting(ScriptedServer.Received::body).containsExactly(json(), json());
    }

    @Test
    void post_ofAJsonBodyWithAKey_isRetriedWithTheSameKey() throws IOException {
        server = ScriptedServer.responding(503, 200);
        RetryingHttpClient keyed = client("").withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
        spring(keyed)
                .post()
                .uri("/payments")
                .contentType(MediaType.APPLICATION_JSON)
                .body(new Payment(100, "EUR"))
                .retrieve()
                .toBodilessEntity();
        assertThat(server.requests())
                .hasSize(2)
                .extracting(ScriptedServer.Received::body)
                .containsOnly(json());
        assertThat(server.requests().get(0).key())
                .isPresent()
                .isEqualTo(server.requests().get(1).key());
    }

    @Test
    void post_withoutAKey_isSentOnce() throws IOException {
        server = ScriptedServer.responding(503, 200);
        assertThatThrownBy(() -> spring(client(""))
                        .post()
                        .uri("/")
                        .body("100 EUR")
                        .retrieve()
                        .toBodilessEntity())
                .hasMessageContaining("503");
        assertThat(server.requests()).hasSize(1);
    }

    private static String json() {
        return "{\"amount\":100,\"currency\":\"EUR\"}";
    }

    /** The policy's timeout ends one attempt, and the next one is made. */
    @Test
    void get_withAnAttemptTimeout_isRetriedWhenAnAttemptHangs() throws IOException {
        server = ScriptedServer.responding(ScriptedServer.HANG, 200);
        assertThat(spring(client("attempt-timeout=300ms"))
                        .get()
                        .uri("/")
                        .retrieve()
                        .body(String.class))
                .isEqualTo("done");
        assertThat(server.requests()).hasSize(2);
    }

    /** Spring measures the whole call, cancels it, and with it all further attempts. */
    @Test
    void get_withSpringsReadTimeout_endsTheWholeCall() throws IOException {
        server = ScriptedServer.responding(ScriptedServer.HANG, 200);
        JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(client("attempt-timeout=10s"));
        factory.setReadTimeout(Duration.ofMillis(300));
        RestClient spring = RestClient.builder().requestFactory(factory).build();
        assertThatThrownBy(() -> spring.get().uri(server.uri()).retrieve().body(String.class))
                .isInstanceOf(ResourceAccessException.class)
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(server.requests()).hasSize(1);
    }
}
