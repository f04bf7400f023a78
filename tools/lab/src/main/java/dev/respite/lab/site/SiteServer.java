package dev.respite.lab.site;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.driver.TimeLimit;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "wasm", "application/wasm");

    /** The requests that are read at the same time. */
    static final int THREADS = 8;

    /** The time of a request, until its response has been sent. */
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Map<String, byte[]> files = new HashMap<>();

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
        return start(folder, port, MAX_TIME);
    }

    static SiteServer start(Path folder, int port, Duration maxTime) throws IOException {
        SiteServer site =
                new SiteServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
        for (String name : SiteFolder.names()) {
            site.files.put("/" + name, Files.readAllBytes(folder.resolve(name)));
        }
        site.server.createContext("/", site::respond);
        // By default the thread that accepts connections reads the requests too, and waits for one that is half sent.
        site.server.setExecutor(request -> site.threads.execute(() -> run(request, maxTime)));
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
        threads.shutdownNow();
    }

    /** Runs a request, and interrupts it when its time is up, which closes its connection. */
    private static void run(Runnable request, Duration maxTime) {
        try {
            TimeLimit.of(TimeSource.system()).call(maxTime, Executors.callable(request));
        } catch (Exception late) {
            // The interrupt has closed the connection.
        }
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
            String name = path.equals("/") ? "/index.html" : path;
            byte[] file = files.get(name);
            if (!isThisHost(exchange.getRequestHeaders().getFirst("Host"))) {
                refuse(exchange, 421, "This server answers for 127.0.0.1 and localhost only.");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                headers.set("Allow", "GET, HEAD");
                refuse(exchange, 405, "This server answers GET and HEAD only.");
            } else if (file == null) {
                refuse(exchange, 404, "There is no such file here. The page is at /.");
            } else {
                String ending = name.substring(name.lastIndexOf('.') + 1);
                headers.set("Content-Type", TYPES.getOrDefault(ending, "application/octet-stream"));
                respond(exchange, 200, file);
            }
        }
    }

    private boolean isThisHost(@Nullable String host) {
        int port = server.getAddress().getPort();
        return List.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port)
                .contains(String.valueOf(host));
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        respond(exchange, status, (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
