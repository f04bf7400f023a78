package dev.respite.lab.site;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves a folder on the loopback interface, from memory. A request for another host is refused: a page elsewhere must not read
 * this one by a name that resolves to this machine.
 */
final class SiteServer implements AutoCloseable {

    private static final String POLICY =
            "default-src 'self' 'wasm-unsafe-eval'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "wasm", "application/wasm");

    private final HttpServer server;
    private final Map<String, Content> files = new HashMap<>();

    /** A file, as it is and compressed. */
    private static final class Content {

        private final String type;
        private final byte[] plain;
        private final byte[] compressed;

        Content(String type, byte[] plain) throws IOException {
            this.type = type;
            this.plain = plain;
            this.compressed = compress(plain);
        }
    }

    private SiteServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Begins to serve.
     *
     * @param folder a complete folder
     * @param port the port; 0 for any that is free
     * @return the server
     * @throws IOException if a file cannot be read, or the port is taken
     */
    static SiteServer start(Path folder, int port) throws IOException {
        SiteServer site =
                new SiteServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
        for (String name : SiteFolder.names()) {
            byte[] plain = Files.readAllBytes(folder.resolve(name));
            String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
            site.files.put("/" + name, new Content(type, plain));
        }
        site.server.createContext("/", site::respond);
        site.server.start();
        return site;
    }

    /** Returns the address of the page. */
    String address() {
        return "http://127.0.0.1:" + port() + "/";
    }

    /** Returns the port. */
    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Security-Policy", POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cache-Control", "no-cache");
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            Content file = files.get("/".equals(path) ? "/index.html" : path);
            if (!isThisHost(exchange.getRequestHeaders().getFirst("Host"))) {
                refuse(exchange, 421, "This server answers for 127.0.0.1 and localhost only.");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                headers.set("Allow", "GET, HEAD");
                refuse(exchange, 405, "This server answers GET and HEAD only.");
            } else if (file == null) {
                refuse(exchange, 404, "There is no such file here. The page is at /.");
            } else {
                send(exchange, file);
            }
        }
    }

    private boolean isThisHost(@Nullable String host) {
        int port = server.getAddress().getPort();
        return List.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port)
                .contains(String.valueOf(host));
    }

    private static void send(HttpExchange exchange, Content file) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", file.type);
        headers.set("Vary", "Accept-Encoding");
        boolean compressed = String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding"))
                .contains("gzip");
        if (compressed) {
            headers.set("Content-Encoding", "gzip");
        }
        byte[] body = compressed ? file.compressed : file.plain;
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        byte[] body = (why + "\n").getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] compress(byte[] plain) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        return compressed.toByteArray();
    }
}
