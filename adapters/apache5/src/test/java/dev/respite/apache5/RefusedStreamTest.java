package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FrameServer;
import dev.respite.http.faulty.FrameServer.Reaction;
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
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of HTTP/2 that a server refuses: it has not processed their requests. */
class RefusedStreamTest {

    enum Client {
        HTTP_2,
        EITHER_VERSION;

        CloseableHttpAsyncClient open() {
            ApacheRetry retry = ApacheFixture.retrying();
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

    /** Sends a POST, and expects a reset of the last stream. */
    private static void post(Client client, FrameServer server) throws Exception {
        SimpleHttpRequest request = SimpleRequestBuilder.post(server.uri())
                .setBody("tea", ContentType.TEXT_PLAIN)
                .build();
        try (CloseableHttpAsyncClient sender = client.open()) {
            sender.start();
            assertThat(sender.execute(request, null))
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(H2StreamResetException.class);
        }
    }

    /** The second stream is reset with another code. */
    @ParameterizedTest
    @EnumSource
    void post_whoseStreamIsRefused_isSentAgain(Client client) throws Exception {
        try (FrameServer server = FrameServer.of(Reaction.REFUSE_STREAM)) {
            post(client, server);
            assertThat(server.requests()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void post_whoseConnectionIsEndedWithThatCode_isSentOnce(Client client) throws Exception {
        try (FrameServer server = FrameServer.of(Reaction.REFUSE_CONNECTION)) {
            post(client, server);
            assertThat(server.requests()).isEqualTo(1);
        }
    }
}
