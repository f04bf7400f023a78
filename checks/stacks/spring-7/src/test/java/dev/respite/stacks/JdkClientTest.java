package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's HttpClient and HttpURLConnection: by core's rules, and by those of HTTP for a POST without a key. */
class JdkClientTest {

    private static final RequestFacts POST = new RequestFacts("POST", false, true, false);

    private static Judged post(URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(BodyPublishers.ofString("0123456789"))
                .build();
        return judged(HttpClient.newHttpClient(), request);
    }

    private static Judged judged(HttpClient client, HttpRequest request) {
        return Judged.of(() -> client.send(request, BodyHandlers.ofString()));
    }

    private static Verdict byHttp(Judged judged) {
        return new HttpRules(RetryPolicy.defaults().rules()).classify(POST, judged.failure());
    }

    @Test
    void send_withoutAConnection_isConnectAndAPostIsRetried() {
        Judged refused = post(RawServer.refusing()).isTransient(ErrorKind.CONNECT);
        assertThat(byHttp(refused)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        try (RawServer server = RawServer.unreachable()) {
            HttpClient impatient = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();
            Judged late = judged(impatient, HttpRequest.newBuilder(server.uri()).build())
                    .isTransient(ErrorKind.CONNECT);
            assertThat(byHttp(late)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void send_tlsHandshakeThatIsCutOff_isConnectAndAPostIsRetried(boolean reset) {
        try (RawServer server = RawServer.cuttingHandshakes(reset)) {
            Judged judged =
                    post(server.tlsUri()).isA(SSLHandshakeException.class).isTransient(ErrorKind.CONNECT);
            assertThat(byHttp(judged)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        }
    }

    @Test
    void send_tlsToAPlainServer_isFatal() {
        byte[] response = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (RawServer server =
                RawServer.start(connection -> connection.getInputStream().readNBytes(5), connection -> {
                    connection.getOutputStream().write(response);
                    connection.shutdownOutput();
                })) {
            Judged judged = post(server.tlsUri()).isA(SSLException.class).isFatal();
            assertThat(byHttp(judged)).isInstanceOf(Verdict.Fatal.class);
        }
    }

    @Test
    void send_certificateThatIsNotTrusted_isFatal(@TempDir Path folder) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys"))));
        server.start();
        try {
            Judged judged = post(URI.create(
                            "https://localhost:" + server.getAddress().getPort() + "/"))
                    .isA(SSLHandshakeException.class)
                    .isFatal();
            assertThat(byHttp(judged)).isInstanceOf(Verdict.Fatal.class);
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext selfSigned(Path store) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        String options = " -genkeypair -alias server -keyalg EC -dname CN=localhost -storepass changeit -keystore ";
        Process process = new ProcessBuilder((keytool + options + store).split(" ", -1))
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        char[] password = "changeit".toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(store.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void send_droppedConnection_isIo() {
        for (RawServer.Fault fault :
                new RawServer.Fault[] {RawServer.Fault.DROP, RawServer.Fault.RESET, RawServer.Fault.TRUNCATE}) {
            try (RawServer server = RawServer.of(fault)) {
                Judged judged = post(server.uri()).isTransient(ErrorKind.IO);
                assertThat(byHttp(judged)).as("%s", fault).isInstanceOf(Verdict.Fatal.class);
            }
        }
    }

    @Test
    void send_noResponse_isTimeout() {
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            HttpRequest request = HttpRequest.newBuilder(server.uri())
                    .timeout(Duration.ofSeconds(1))
                    .build();
            judged(HttpClient.newHttpClient(), request).isTransient(ErrorKind.TIMEOUT);
        }
    }

    /** The server upgrades to HTTP/2 and refuses each stream. */
    @Test
    void send_refusedStream_isConnectAndAPostIsRetried() {
        try (RawServer server = RawServer.start(JdkClientTest::readUpgrade, JdkClientTest::refuseStreams)) {
            // A reset while the body is sent has no reason in its message on JDK 17; so the request has none.
            Judged judged = judged(
                            HttpClient.newHttpClient(),
                            HttpRequest.newBuilder(server.uri()).build())
                    .isA(IOException.class)
                    .isTransient(ErrorKind.CONNECT);
            assertThat(byHttp(judged)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        }
    }

    private static void readUpgrade(Socket connection) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) connection.getInputStream().read());
        }
    }

    private static void refuseStreams(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        frame(out, 4, 0, new byte[0]);
        in.readNBytes(24);
        frame(out, 3, 1, new byte[] {0, 0, 0, 7});
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int stream = in.readInt();
            in.readNBytes(length);
            if (type == 1) {
                frame(out, 3, stream, new byte[] {0, 0, 0, 7});
            }
        }
    }

    private static void frame(OutputStream out, int type, int stream, byte[] payload) throws IOException {
        out.write(new byte[] {
            0,
            0,
            (byte) payload.length,
            (byte) type,
            0,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        });
        out.write(payload);
        out.flush();
    }

    @Test
    void urlConnection_ofAMissingPage_isFatal() {
        try (RawServer server = RawServer.ofStatus(404)) {
            Judged.of(() -> server.uri().toURL().openStream().close())
                    .isA(FileNotFoundException.class)
                    .isFatal();
        }
    }
}
