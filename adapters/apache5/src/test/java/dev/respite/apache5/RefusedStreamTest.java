package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FrameServer;
import dev.respite.http.faulty.FrameServer.Reaction;
import dev.respite.policy.RetryPolicy;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of HTTP/2 that a server refuses: it has not processed their requests. */
class RefusedStreamTest {

    enum Client {
        HTTP_2,
        EITHER_VERSION;

        CloseableHttpAsyncClient open() {
            ApacheRetry retry = ApacheFixture.retrying(
                    RetryPolicy.parse("max-attempts=3 base-delay=1ms attempt-timeout=20s budget=off"));
            return this == HTTP_2
                    ? retry.install(HttpAsyncClients.customHttp2()).build()
                    : retry.install(HttpAsyncClients.custom())
                            .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                                    .setDefaultTlsConfig(TlsConfig.custom()
                                            .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                                            .build())
                                    .build())
                            .build();
        }
    }

    /** After a refused stream the second one is reset with another code. A connection may end with the code of a refused stream. */
    @ParameterizedTest
    @CsvSource({
        "HTTP_2, REFUSE_STREAM, 2",
        "HTTP_2, REFUSE_CONNECTION, 1",
        "EITHER_VERSION, REFUSE_STREAM, 2",
        "EITHER_VERSION, REFUSE_CONNECTION, 1"
    })
    void post_isSentAgainAfterARefusedStreamOnly(Client client, Reaction reaction, int requests) throws Exception {
        try (FrameServer server = FrameServer.of(reaction);
                CloseableHttpAsyncClient sender = client.open()) {
            sender.start();
            SimpleHttpRequest request = SimpleRequestBuilder.post(server.uri())
                    .setBody("tea", ContentType.TEXT_PLAIN)
                    .build();
            assertThat(sender.execute(request, null))
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(H2StreamResetException.class);
            assertThat(server.requests()).isEqualTo(requests);
        }
    }
}
