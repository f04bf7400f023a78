package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import feign.Feign;
import feign.FeignException;
import feign.Request;
import feign.RequestLine;
import feign.Retryer;
import feign.http2client.Http2Client;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Feign's {@code Http2Client} builds a client of its own if the options of a request differ from the given client, and then does not
 * retry. It compares redirects, and the connect timeout if the client has one.
 */
class FeignHttp2ClientTest {

    private final Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"));
    private ScriptedServer server;

    interface Quotes {
        @RequestLine("GET /")
        String fetch();

        @RequestLine("PUT /")
        String put(String body);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Quotes feign(HttpClient client, Request.Options options) {
        return Feign.builder()
                .client(new Http2Client(client))
                .options(options)
                .retryer(Retryer.NEVER_RETRY)
                .target(Quotes.class, server.uri().toString());
    }

    private static Request.Options options(boolean followRedirects) {
        return new Request.Options(2, TimeUnit.SECONDS, 10, TimeUnit.SECONDS, followRedirects);
    }

    @Test
    void fetch_withTheClientsConnectTimeoutAndRedirects_isRetried() throws IOException {
        server = ScriptedServer.responding(503, 200);
        HttpClient client = RetryingHttpClient.newBuilder(retry)
                .connectTimeout(Duration.ofSeconds(2))
                .followRedirects(Redirect.NEVER)
                .build();
        assertThat(feign(client, options(false)).fetch()).isEqualTo("done");
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void put_withTheClientsConnectTimeoutAndRedirects_isRetriedWithItsBody() throws IOException {
        server = ScriptedServer.responding(503, 200);
        HttpClient client = RetryingHttpClient.newBuilder(retry)
                .connectTimeout(Duration.ofSeconds(2))
                .followRedirects(Redirect.ALWAYS)
                .build();
        assertThat(feign(client, options(true)).put("100 EUR")).isEqualTo("done");
        assertThat(server.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.body()).isEqualTo("100 EUR"));
    }

    /** The page warns of this. If Feign no longer does it, the page is to be changed. */
    @ParameterizedTest
    @CsvSource({"2, true", "3, false", "0, false"})
    void fetch_withOptionsThatDifferFromTheClients_isNotRetried(int connectSeconds, boolean followRedirects)
            throws IOException {
        server = ScriptedServer.responding(503, 200);
        HttpClient.Builder builder = RetryingHttpClient.newBuilder(retry);
        if (connectSeconds > 0) {
            builder.connectTimeout(Duration.ofSeconds(connectSeconds));
        }
        assertThatThrownBy(
                        () -> feign(builder.build(), options(followRedirects)).fetch())
                .isInstanceOf(FeignException.ServiceUnavailable.class);
        assertThat(server.requests()).hasSize(1);
    }
}
