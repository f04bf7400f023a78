package dev.respite.lab.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server of the page sends, byte for byte: a client that sets its own Host is written here. */
class SiteServerTest {

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "wasm", "application/wasm");

    @TempDir
    private Path folder;

    private SiteServer server;
    private int port;

    private static final class Response {

        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        Response(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    @BeforeEach
    void start() throws IOException {
        FakeSite.write(folder);
        server = SiteServer.start(folder, 0);
        port = URI.create(server.address()).getPort();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    static Stream<String> names() {
        return SiteFolder.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void get_file_hasItsContentAndType(String name) throws IOException {
        Response response = request("GET", "/" + name, "127.0.0.1:" + port);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(Files.readAllBytes(folder.resolve(name)));
        assertThat(response.header("content-type")).isEqualTo(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        assertGuarded(response);
    }

    @Test
    void get_root_isThePage() throws IOException {
        assertThat(request("GET", "/", "[::1]:" + port).body())
                .isEqualTo(Files.readAllBytes(folder.resolve("index.html")));
    }

    /** A host that sends no header has the policy of the page itself; frame-ancestors has a meaning in a header only. */
    @Test
    void policy_ofThePage_isThatOfTheHeader() throws IOException {
        String page;
        try (InputStream content = SiteFolder.class.getResourceAsStream("/dev/respite/lab/page/index.html")) {
            page = new String(Objects.requireNonNull(content).readAllBytes(), StandardCharsets.UTF_8);
        }
        String policy = page.replaceAll("(?s).*http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\".*", "$1");

        assertThat(request("GET", "/", "127.0.0.1:" + port).header("content-security-policy"))
                .isEqualTo(policy + "; frame-ancestors 'none'");
    }

    @Test
    void head_hasTheLengthAndNoBody() throws IOException {
        Response response = request("HEAD", "/lab.js", "localhost:" + port);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.header("content-length")).isEqualTo(String.valueOf(Files.size(folder.resolve("lab.js"))));
        assertGuarded(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/none", "/../secret", "/%2e%2e/secret", "/lab.js/", "/index.html%00"})
    void get_otherPath_isNotFound(String path) throws IOException {
        Files.writeString(folder.resolveSibling("secret"), "secret");

        Response response = request("GET", path, "127.0.0.1:" + port);

        assertThat(response.status()).isEqualTo(404);
        assertThat(text(response)).contains("The page is at /.");
        assertGuarded(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
    void otherMethod_isRefusedWithTheMethodsThereAre(String method) throws IOException {
        Response response = request(method, "/lab.js", "127.0.0.1:" + port);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("allow")).isEqualTo("GET, HEAD");
        assertGuarded(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:PORT",
                "127.0.0.1",
                "127.0.0.1:1",
                "localhost.evil.example:PORT",
                ""
            })
    void foreignHost_isMisdirected(String host) throws IOException {
        Response response = request("GET", "/index.html", host.replace("PORT", String.valueOf(port)));

        assertThat(response.status()).isEqualTo(421);
        assertThat(text(response)).contains("127.0.0.1 and localhost only");
        assertGuarded(response);
    }

    @Test
    void otherInterface_isNotListenedOn() throws IOException {
        Optional<InetAddress> other = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findAny();
        assumeTrue(other.isPresent(), "this machine has the loopback interface only");

        assertThatThrownBy(() -> new Socket(other.orElseThrow(), port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void start_portTaken_isRefused() {
        assertThatThrownBy(() -> SiteServer.start(folder, port)).isInstanceOf(BindException.class);
    }

    @Test
    void close_freesThePort() throws IOException {
        server.close();

        try (SiteServer next = SiteServer.start(folder, port)) {
            assertThat(next.address()).isEqualTo("http://127.0.0.1:" + port + "/");
        }
    }

    @Test
    void close_endsTheThreadsOfTheRequests() throws Exception {
        Set<Thread> begun = new HashSet<>(pooled());
        server.close();
        server = SiteServer.start(folder, 0);
        port = server.port();
        assertThat(request("GET", "/", "127.0.0.1:" + port).status()).isEqualTo(200);
        Set<Thread> ours = new HashSet<>(pooled());
        ours.removeAll(begun);
        assertThat(ours).isNotEmpty();

        server.close();

        for (Thread thread : ours) {
            thread.join(30_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private static List<Thread> pooled() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pool-"))
                .toList();
    }

    @Test
    void get_whileAnotherRequestIsHalfSent_isThePage() throws IOException {
        try (Socket halfSent = halfSent(port)) {
            assertThat(request("GET", "/", "127.0.0.1:" + port).status()).isEqualTo(200);
            assertThat(halfSent.getInputStream().available()).isZero();
        }
    }

    @Test
    void get_whileAllThreadsReadHalfSentRequests_isThePageWhenTheirTimeIsUp() throws IOException {
        server.close();
        server = SiteServer.start(folder, 0, Duration.ofMillis(200));
        port = server.port();
        List<Socket> halfSent = new ArrayList<>();
        try {
            for (int i = 0; i < SiteServer.THREADS; i++) {
                halfSent.add(halfSent(port));
            }

            assertThat(request("GET", "/", "127.0.0.1:" + port).status()).isEqualTo(200);
            for (Socket socket : halfSent) {
                assertThat(socket.getInputStream().read()).as("closed").isEqualTo(-1);
            }
        } finally {
            for (Socket socket : halfSent) {
                socket.close();
            }
        }
    }

    private static Socket halfSent(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: 127".getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** What each response has, whatever its status. */
    private static void assertGuarded(Response response) {
        assertThat(response.header("content-security-policy"))
                .isEqualTo(
                        "default-src 'self' 'wasm-unsafe-eval'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assertThat(response.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(response.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(response.header("cache-control")).isEqualTo("no-cache");
    }

    private Response request(String method, String path, String host, String... headers) throws IOException {
        String head = String.join("\r\n", List.of(headers));
        String request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                + (head.isEmpty() ? "" : head + "\r\n") + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return parse(socket.getInputStream().readAllBytes());
        } catch (SocketTimeoutException none) {
            throw new AssertionError("no response within 30 s", none);
        }
    }

    private static Response parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        List<String> lines = text.substring(0, end).lines().toList();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines.subList(1, lines.size())) {
            headers.put(
                    line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).strip());
        }
        byte[] body = text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
        return new Response(
                Integer.parseInt(lines.get(0).substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())), headers, body);
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
