package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.apache5.ApacheRetry;
import dev.respite.http.exchange.HttpRetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;

/** Prints: 200 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/http-clients.md
        HttpRetry retry = HttpRetry.of(Retry.withDefaults());
        try (CloseableHttpClient client = ApacheRetry.of(retry).install(HttpClients.custom()).build()) {
            HttpGet request = new HttpGet(flakyServer().resolve("/quotes/ACME"));
            int status = client.execute(request, response -> response.getCode());
            System.out.println(status);
        }
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
