package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Prints: 200 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/http-clients.md
        OkHttpRetry retrying = OkHttpRetry.of(new OkHttpClient(), HttpRetry.of(Retry.withDefaults()));
        Request request = new Request.Builder().url(flakyServer().resolve("/quotes/ACME").toString()).build();
        try (Response response = retrying.newCall(request).execute()) {
            System.out.println(response.code());
        }
        // end
        server.stop(0);
        // OkHttp has threads that are not daemons.
        System.exit(0);
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
