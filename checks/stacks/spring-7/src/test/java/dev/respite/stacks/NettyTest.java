package dev.respite.stacks;

import dev.respite.http.faulty.FrameServer;
import dev.respite.outcome.ErrorKind;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Reactor Netty 1.3 and Netty 4.2. */
class NettyTest {

    private static HttpClient client(ConnectionProvider connections) {
        return HttpClient.create(connections)
                .disableRetry(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 200)
                .responseTimeout(Duration.ofSeconds(1));
    }

    private static Judged judged(URI uri) {
        HttpClient client = client(ConnectionProvider.newConnection());
        return Judged.of(() -> get(client, uri));
    }

    private static String get(HttpClient client, URI uri) {
        return client.get().uri(uri).responseContent().aggregate().asString().block(Duration.ofSeconds(30));
    }

    private static Judged judged(RawServer.Fault fault) {
        try (RawServer server = RawServer.of(fault)) {
            return judged(server.uri());
        }
    }

    @Test
    void get_whatIsRefused_isConnect() {
        judged(RawServer.refusing()).isTransient(ErrorKind.CONNECT);
    }

    @Test
    void get_connectTimeout_isConnect() {
        try (RawServer server = RawServer.unreachable()) {
            judged(server.uri()).isTransient(ErrorKind.CONNECT);
        }
        new Judged(new ConnectTimeoutException("late")).isTransient(ErrorKind.CONNECT);
    }

    @Test
    void get_responseTimeout_isTimeout() {
        judged(RawServer.Fault.HANG).isTransient(ErrorKind.TIMEOUT);
        new Judged(ReadTimeoutException.INSTANCE).isTransient(ErrorKind.TIMEOUT);
        new Judged(WriteTimeoutException.INSTANCE).isTransient(ErrorKind.TIMEOUT);
    }

    @Test
    void get_droppedConnection_isIo() {
        judged(RawServer.Fault.DROP).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.RESET).isTransient(ErrorKind.IO);
        new Judged(new Errors.NativeIoException("recvAddress", -104)).isTransient(ErrorKind.IO);
    }

    @Test
    void get_headThatIsCut_isIo() {
        judged(RawServer.Fault.CUT_STATUS).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.CUT_FIELD)
                .isA(PrematureChannelClosureException.class)
                .isTransient(ErrorKind.IO);
    }

    /** Reactor Netty does not pass the code of a reset stream on, so this is not known to be a refused one. */
    @Test
    void getByHttp2_refusedStream_isIo() throws IOException {
        try (FrameServer server = FrameServer.of(FrameServer.Reaction.REFUSE_STREAM)) {
            HttpClient client = client(ConnectionProvider.newConnection())
                    .protocol(HttpProtocol.H2C)
                    .responseTimeout(Duration.ofSeconds(20));
            Judged.of(() -> get(client, server.uri())).isTransient(ErrorKind.IO);
        }
    }

    @Test
    void get_truncatedBody_isIo() {
        judged(RawServer.Fault.TRUNCATE).isTransient(ErrorKind.IO);
        judged(RawServer.Fault.TRUNCATE_CHUNK).isTransient(ErrorKind.IO);
    }

    @Test
    void get_exhaustedPool_isConnect() {
        ConnectionProvider pool = ConnectionProvider.builder("one")
                .maxConnections(1)
                .pendingAcquireTimeout(Duration.ofMillis(100))
                .pendingAcquireMaxCount(1)
                .build();
        HttpClient client = client(pool).responseTimeout(Duration.ofSeconds(20));
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            CompletableFuture<String> held = start(client, server);
            List<CompletableFuture<String>> waiting = List.of(start(client, server), start(client, server));
            for (CompletableFuture<String> refused : waiting) {
                Judged.of(refused::join).isTransient(ErrorKind.CONNECT);
            }
            held.cancel(true);
        } finally {
            pool.dispose();
        }
    }

    private static CompletableFuture<String> start(HttpClient client, RawServer server) {
        return client.get()
                .uri(server.uri())
                .responseContent()
                .aggregate()
                .asString()
                .toFuture();
    }

    /** Netty states only that the channel is closed, so this is not known to be a handshake. */
    @Test
    void get_tlsHandshakeThatIsCutOff_isIo() {
        try (RawServer server = RawServer.cuttingHandshakes(false)) {
            HttpClient client = client(ConnectionProvider.newConnection()).secure();
            Judged.of(() -> get(client, server.tlsUri())).isTransient(ErrorKind.IO);
        }
    }
}
