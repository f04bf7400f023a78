package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.http.*;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints: 200 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/http.md
        HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient());
        HttpRequest request = HttpRequest.newBuilder(flakyServer().resolve("/quotes/ACME")).build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
        // end
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
