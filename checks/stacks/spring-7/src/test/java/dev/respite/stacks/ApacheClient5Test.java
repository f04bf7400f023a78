package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.http.faulty.FrameServer;
import dev.respite.outcome.ErrorKind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Apache HttpClient 5. */
class ApacheClient5Test {

    private final PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(1)
            .setDefaultConnectionConfig(ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.ofSeconds(1))
                    .build())
            .build();
    private final CloseableHttpClient client = HttpClients.custom()
            .setConnectionManager(pool)
            .disableAutomaticRetries()
            .setDefaultRequestConfig(RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.ofSeconds(1))
                    .setResponseTimeout(Timeout.ofSeconds(1))
                    .build())
            .build();

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    private String get(URI uri) throws IOException {
        return client.execute(new HttpGet(uri), response -> EntityUtils.toString(response.getEntity()));
    }

    private Judged judged(RawServer.Fault fault) {
        try (RawServer server = RawServer.of(fault)) {
            return Judged.of(() -> get(server.uri()));
        }
    }

    @Test
    void execute_whatIsRefused_isConnect() {
        Judged.of(() -> get(RawServer.refusing()))
                .isA(HttpHostConnectException.class)
                .isTransient(ErrorKind.CONNECT);
    }

    @Test
    void execute_connectTimeout_isConnect() {
        try (RawServer server = RawServer.unreachable()) {
            Judged.of(() -> get(server.uri()))
                    .isA(ConnectTimeoutException.class)
                    .isTransient(ErrorKind.CONNECT);
        }
    }

    @Test
    void execute_readTimeout_isTimeout() {
        judged(RawServer.Fault.HANG).isA(SocketTimeoutException.class).isTransient(ErrorKind.TIMEOUT);
    }

    @Test
    void execute_droppedConnection_isIo() {
        judged(RawServer.Fault.DROP).isA(NoHttpResponseException.class).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.RESET).isTransient(ErrorKind.IO);
    }

    @Test
    void execute_headThatIsCut_isIo() {
        judged(RawServer.Fault.CUT_STATUS).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.CUT_FIELD).isA(ClientProtocolException.class).isTransient(ErrorKind.IO);
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT_STATUS", "CUT_FIELD"})
    void asynchronousExecute_headThatIsCut_isIo(RawServer.Fault cut) throws Exception {
        try (RawServer server = RawServer.of(cut);
                CloseableHttpAsyncClient asynchronous = HttpAsyncClients.createDefault()) {
            asynchronous.start();
            Judged.of(() -> asynchronous
                            .execute(SimpleRequestBuilder.get(server.uri()).build(), null)
                            .get(30, TimeUnit.SECONDS))
                    .hasCause(ParseException.class)
                    .isTransient(ErrorKind.IO);
        }
    }

    /** A whole connection may end with the code of a refused stream, although the request was processed. */
    @ParameterizedTest
    @CsvSource({"REFUSE_STREAM, connect", "REFUSE_CONNECTION, io"})
    void executeByHttp2_streamThatIsRefused_isConnect(FrameServer.Reaction reaction, String kind) throws Exception {
        try (FrameServer server = FrameServer.of(reaction);
                CloseableHttpAsyncClient http2 =
                        HttpAsyncClients.customHttp2().disableAutomaticRetries().build()) {
            http2.start();
            Judged.of(() -> http2.execute(SimpleRequestBuilder.get(server.uri()).build(), null)
                            .get(30, TimeUnit.SECONDS))
                    .hasCause(H2StreamResetException.class)
                    .isTransient(ErrorKind.of(kind));
        }
    }

    @Test
    void execute_truncatedBody_isIo() {
        judged(RawServer.Fault.TRUNCATE).isA(ConnectionClosedException.class).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.TRUNCATE_CHUNK)
                .isA(TruncatedChunkException.class)
                .isTransient(ErrorKind.IO);
    }

    @Test
    void execute_exhaustedPool_isConnect() throws Exception {
        try (RawServer server = RawServer.of(RawServer.Fault.TRUNCATE)) {
            // Closing it would read the rest of its body, which never comes: the client is closed instead.
            ClassicHttpResponse held = client.executeOpen(null, new HttpGet(server.uri()), null);
            assertThat(held.getCode()).isEqualTo(200);
            Judged judged = Judged.of(() -> get(server.uri())).isA(ConnectionRequestTimeoutException.class);
            assertThat(FactReader.read(judged.failure())).containsExactly(Condition.NOTHING_SENT);
            judged.isTransient(ErrorKind.CONNECT);
        }
    }

    @Test
    void requestNotExecuted_isConnect() {
        new Judged(new RequestNotExecutedException()).isTransient(ErrorKind.CONNECT);
    }

    @Test
    void execute_requestThatWasAborted_isNeverRetried() throws Exception {
        try (RawServer server = RawServer.of(RawServer.Fault.HANG);
                CloseableHttpClient patient = HttpClients.createDefault()) {
            HttpGet request = new HttpGet(server.uri());
            CompletableFuture<Judged> judged =
                    CompletableFuture.supplyAsync(() -> Judged.of(() -> patient.execute(request, response -> "")));
            server.awaitRequest();
            request.abort();

            assertThat(FactReader.read(judged.get(30, TimeUnit.SECONDS).failure()))
                    .containsExactly(Condition.CANCELLED);
            judged.get().isNeverRetried();
        }
    }
}
