package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A browser without a window and without a debugger, and a server for its page, under the policy that the lab has. */
final class Chromium {

    private static final String POLICY = "default-src 'self' 'wasm-unsafe-eval'";
    private static final int MINUTES = 5;

    private final Path browser;
    private final Path engine;
    private final Path profile;

    /**
     * A browser.
     *
     * @param engine the folder with the compiled engine, and pages
     * @param profile a folder of the browser's own
     */
    Chromium(Path browser, Path engine, Path profile) {
        this.browser = browser;
        this.engine = engine;
        this.profile = profile;
    }

    /** Loads a page of the tests or of the folder, and returns what it posts. */
    String report(String page, String requests) throws Exception {
        CompletableFuture<String> report = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> respond(exchange, requests, report));
        server.start();
        Process process = new ProcessBuilder(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--user-data-dir=" + profile,
                        "--remote-debugging-port=0",
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/" + page)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return report.get(MINUTES, TimeUnit.MINUTES);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            server.stop(0);
        }
    }

    private void respond(HttpExchange exchange, String requests, CompletableFuture<String> report) throws IOException {
        String name = exchange.getRequestURI().getPath().substring(1);
        byte[] body = switch (name) {
            case "requests.json" -> requests.getBytes(StandardCharsets.UTF_8);
            case "page.html", "page.js" -> resource(name);
            default ->
                Files.isRegularFile(engine.resolve(name)) ? Files.readAllBytes(engine.resolve(name)) : new byte[0];
        };
        if (name.equals("report")) {
            report.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        }
        exchange.getResponseHeaders().add("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().add("Content-Type", type(name));
        exchange.sendResponseHeaders(
                body.length == 0 && !name.equals("report") ? 404 : 200, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "wasm" -> "application/wasm";
            default -> "application/json";
        };
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream found = Chromium.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(found, name).readAllBytes();
        }
    }
}
