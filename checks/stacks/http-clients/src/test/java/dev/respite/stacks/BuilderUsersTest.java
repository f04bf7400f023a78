package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Libraries that want an {@link HttpClient.Builder}, set options of their own and build a client, or several. */
class BuilderUsersTest {

    private final Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=1%"));
    private ScriptedServer server;

    @AfterEach
    void close() {
        server.close();
    }

    /** The shape of a client that the OpenAPI generator's {@code java} template with the library {@code native} makes. */
    private static final class ApiClient {

        private HttpClient.Builder builder = HttpClient.newBuilder();

        ApiClient setHttpClientBuilder(HttpClient.Builder given) {
            this.builder = given;
            return this;
        }

        ApiClient setConnectTimeout(Duration timeout) {
            builder.connectTimeout(timeout);
            return this;
        }

        HttpClient getHttpClient() {
            return builder.build();
        }
    }

    @Test
    void generatedClient_ofOurBuilder_retries() throws Exception {
        server = ScriptedServer.responding(503, 200);
        ApiClient api = new ApiClient()
                .setHttpClientBuilder(RetryingHttpClient.newBuilder(retry))
                .setConnectTimeout(Duration.ofSeconds(2));
        HttpClient client = api.getHttpClient();
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(2));
        assertThat(client.send(
                                java.net.http.HttpRequest.newBuilder(server.uri())
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.requests()).hasSize(2);
    }

    /** Each generated API class builds a client of its own; the server behind them is one, and so is its budget. */
    @Test
    void generatedClients_ofOneBuilder_shareTheBudget() throws Exception {
        server = ScriptedServer.responding(503);
        ApiClient api = new ApiClient()
                .setHttpClientBuilder(RetryingHttpClient.newBuilder(
                        Retry.of(RetryPolicy.parse("base-delay=1ms budget=success:0.5/10/10 max-attempts=2"))));
        for (int client = 0; client < 3; client++) {
            api.getHttpClient()
                    .send(java.net.http.HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.discarding());
        }
        // One retry of an overload signal costs all ten tokens: 2 requests, then 1 and 1.
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void langchain4j_ofOurBuilder_retries() throws IOException {
        server = ScriptedServer.responding(503, 200);
        var client = new JdkHttpClientBuilder()
                .httpClientBuilder(RetryingHttpClient.newBuilder(retry))
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        var response = client.execute(HttpRequest.builder()
                .method(HttpMethod.GET)
                .url(server.uri().toString())
                .build());
        assertThat(response.body()).isEqualTo("done");
        assertThat(server.requests()).hasSize(2);
    }
}
