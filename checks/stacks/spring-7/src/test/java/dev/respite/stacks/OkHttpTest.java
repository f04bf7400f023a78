package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.outcome.ErrorKind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.ResponseBody;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import retrofit2.HttpException;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.GET;

/** OkHttp 5 and Retrofit 3. */
class OkHttpTest {

    private final OkHttpClient client = new OkHttpClient.Builder()
            .retryOnConnectionFailure(false)
            .connectTimeout(Duration.ofSeconds(1))
            .readTimeout(Duration.ofSeconds(1))
            .build();

    @AfterEach
    void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private String get(URI uri) throws IOException {
        return get(client, uri);
    }

    private static String get(OkHttpClient client, URI uri) throws IOException {
        try (okhttp3.Response response = client.newCall(
                        new Request.Builder().url(uri.toString()).build())
                .execute()) {
            return response.body().string();
        }
    }

    private Judged judged(RawServer.Fault fault) {
        try (RawServer server = RawServer.of(fault)) {
            return Judged.of(() -> get(server.uri()));
        }
    }

    @Test
    void execute_whatIsRefused_isConnect() {
        Judged.of(() -> get(RawServer.refusing())).isTransient(ErrorKind.CONNECT);
    }

    @Test
    void execute_connectTimeout_isConnect() {
        try (RawServer server = RawServer.unreachable()) {
            Judged.of(() -> get(server.uri())).isA(SocketTimeoutException.class).isTransient(ErrorKind.CONNECT);
        }
    }

    @Test
    void execute_readTimeout_isTimeout() {
        judged(RawServer.Fault.HANG).isA(SocketTimeoutException.class).isTransient(ErrorKind.TIMEOUT);
    }

    @Test
    void execute_droppedConnection_isIo() {
        judged(RawServer.Fault.DROP).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.RESET).isTransient(ErrorKind.IO);
    }

    @Test
    void execute_tlsHandshakeThatIsCutOff_isConnect() {
        try (RawServer server = RawServer.cuttingHandshakes(false)) {
            Judged.of(() -> get(server.tlsUri())).isTransient(ErrorKind.CONNECT);
        }
    }

    @Test
    void execute_truncatedBody_isIo() {
        judged(RawServer.Fault.TRUNCATE).isA(ProtocolException.class).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.TRUNCATE_CHUNK).isTransient(ErrorKind.IO);
    }

    @Test
    void execute_callThatWasCancelled_isNeverRetried() throws Exception {
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            Call call = client.newCall(
                    new Request.Builder().url(server.uri().toString()).build());
            call.cancel();

            Judged judged = Judged.of(call::execute).isNeverRetried();
            assertThat(judged.failure().getClass()).isEqualTo(IOException.class);
            assertThat(FactReader.read(judged.failure())).containsExactly(Condition.CANCELLED);
        }
    }

    @Test
    void execute_callTimeout_isATimeout() {
        OkHttpClient impatient = client.newBuilder()
                .readTimeout(Duration.ofSeconds(10))
                .callTimeout(Duration.ofSeconds(1))
                .build();
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            Judged judged = Judged.of(() -> get(impatient, server.uri())).isA(InterruptedIOException.class);
            assertThat(FactReader.readChain(judged.failure())).startsWith(Condition.TIMEOUT);
            judged.isTransient(ErrorKind.TIMEOUT);
        }
    }

    @Test
    void http2_refusedStream_isConnectAndAnyOtherResetIsIo() {
        new Judged(new StreamResetException(ErrorCode.REFUSED_STREAM)).isTransient(ErrorKind.CONNECT);
        new Judged(new StreamResetException(ErrorCode.INTERNAL_ERROR)).isTransient(ErrorKind.IO);
        new Judged(new ConnectionShutdownException()).isTransient(ErrorKind.CONNECT);
    }

    /** A service of Retrofit. */
    interface Quotes {
        @GET("/")
        retrofit2.Call<ResponseBody> fetch();
    }

    @Test
    void retrofit_statusOfAResponse_isTheStatus() throws Exception {
        try (RawServer server = RawServer.ofStatus(503)) {
            Quotes quotes = new Retrofit.Builder()
                    .baseUrl(server.uri().toString())
                    .client(client)
                    .build()
                    .create(Quotes.class);
            Response<ResponseBody> response = quotes.fetch().execute();
            new Judged(new HttpException(response)).isTransient(503);
        }
    }
}
