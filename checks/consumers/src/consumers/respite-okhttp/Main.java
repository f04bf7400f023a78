package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Prints: 200 after 2 requests */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() == 1 ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        OkHttpRetry retry = OkHttpRetry.of(new OkHttpClient(), HttpRetry.withDefaults());
        Request request = new Request.Builder()
                .url("http://localhost:" + server.getAddress().getPort())
                .build();
        try (Response response = retry.newCall(request).execute()) {
            System.out.println(response.code() + " after " + requests + " requests");
        }
        server.stop(0);
        System.exit(0);
    }
}
