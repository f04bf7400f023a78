package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.respite.spring.boot.test.RepeatedPosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.web.client.RestClient;

/** Prints: 1 payment, 2 requests */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        AtomicLong payments = new AtomicLong();
        AtomicLong requests = new AtomicLong();
        Map<String, Boolean> keys = new ConcurrentHashMap<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.incrementAndGet();
                exchange.getRequestBody().readAllBytes();
                if (keys.put(exchange.getRequestHeaders().getFirst("Idempotency-Key"), true) == null) {
                    payments.incrementAndGet();
                } else {
                    exchange.getResponseHeaders().set("Idempotent-Replayed", "true");
                }
                exchange.sendResponseHeaders(201, -1);
            }
        });
        server.start();
        String uri = "http://localhost:" + server.getAddress().getPort();
        // snippet spring/boot-test/src/main/java/dev/respite/spring/boot/test/RepeatedPosts.java
        RepeatedPosts posts = RepeatedPosts.create();
        RestClient client = RestClient.builder().requestInterceptor(posts).build();
        posts.assertTookEffectOnce(
                payments::get, () -> client.post().uri(uri).body("100").retrieve().toBodilessEntity());
        // end
        server.stop(0);
        System.out.println(payments + " payment, " + requests + " requests");
    }
}
