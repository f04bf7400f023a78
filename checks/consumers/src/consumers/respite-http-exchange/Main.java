package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.http.exchange.*;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints: 200 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // A GET by the JDK's oldest client, which follows redirects.
        record Get(URI uri) implements BlockingTransport<HttpURLConnection> {
            @Override
            public String method() {
                return "GET";
            }

            @Override
            public List<String> requestHeader(String name) {
                return List.of();
            }

            @Override
            public boolean isReplayable() {
                return true;
            }

            @Override
            public HttpURLConnection send(ExchangeAttempt attempt) throws IOException {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
                attempt.headers().forEach(connection::setRequestProperty);
                // This client ignores interrupts, so it needs a limit of its own.
                attempt.remaining().ifPresent(left -> connection.setReadTimeout(Math.max(1, (int) left.toMillis())));
                connection.getResponseCode();
                return connection;
            }

            @Override
            public int status(HttpURLConnection response) {
                return Integer.parseInt(response.getHeaderField(0).split(" ")[1]);
            }

            @Override
            public List<String> responseHeader(HttpURLConnection response, String name) {
                return response.getHeaderField(name) == null ? List.of() : List.of(response.getHeaderField(name));
            }

            @Override
            public void discard(HttpURLConnection response) {
                response.disconnect();
            }
        }

        HttpURLConnection response = HttpRetry.withDefaults().send(new Get(flakyServer().resolve("/quotes/ACME")));
        System.out.println(response.getResponseCode());
        server.stop(0);
    }

    private static HttpServer server;

    /** A server whose first response is a 503. */
    private static URI flakyServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger requests = new AtomicInteger();
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() == 1 ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }
}
