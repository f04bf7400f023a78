package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.outcome.ErrorKind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.apache.http.ConnectionClosedException;
import org.apache.http.NoHttpResponseException;
import org.apache.http.TruncatedChunkException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.conn.HttpHostConnectException;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Apache HttpClient 4. */
class ApacheClient4Test {

    private final CloseableHttpClient client = HttpClients.custom()
            .setMaxConnTotal(1)
            .disableAutomaticRetries()
            .setDefaultRequestConfig(RequestConfig.custom()
                    .setConnectTimeout(200)
                    .setConnectionRequestTimeout(200)
                    .setSocketTimeout(200)
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
            Judged judged = Judged.of(() -> get(server.uri())).isA(ConnectTimeoutException.class);
            assertThat(FactReader.read(judged.failure())).containsExactly(Condition.NOTHING_SENT);
            judged.isTransient(ErrorKind.CONNECT);
        }
    }

    @Test
    void execute_exhaustedPool_isConnect() throws Exception {
        try (RawServer server = RawServer.of(RawServer.Fault.TRUNCATE);
                CloseableHttpResponse held = client.execute(new HttpGet(server.uri()))) {
            Judged judged = Judged.of(() -> get(server.uri())).isA(ConnectionPoolTimeoutException.class);
            assertThat(held.getStatusLine().getStatusCode()).isEqualTo(200);
            assertThat(FactReader.read(judged.failure())).containsExactly(Condition.NOTHING_SENT);
            judged.isTransient(ErrorKind.CONNECT);
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
    void execute_truncatedBody_isIo() {
        judged(RawServer.Fault.TRUNCATE).isA(ConnectionClosedException.class).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.TRUNCATE_CHUNK)
                .isA(TruncatedChunkException.class)
                .isTransient(ErrorKind.IO);
    }

    @Test
    void execute_requestThatWasAborted_isNeverRetried() {
        HttpGet request = new HttpGet(RawServer.refusing());
        request.abort();
        Judged judged = Judged.of(() -> client.execute(request, response -> ""));
        assertThat(FactReader.read(judged.failure())).containsExactly(Condition.CANCELLED);
        judged.isNeverRetried();
    }
}
