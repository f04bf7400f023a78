package dev.respite.torture.durable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.torture.cluster.LocalServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The other system: it pays once for each idempotency key, and counts the payments of each order. Some requests fail before the
 * payment, and some lose their response after it.
 */
final class PaymentBank implements Closeable {

    /** The header of the key. */
    static final String KEY = "Idempotency-Key";

    /** The order is paid, now or by an earlier request. */
    static final int PAID = 200;

    private static final int UNAVAILABLE = 503;
    private static final int UNAVAILABLE_PERCENT = 8;
    private static final int LOST_RESPONSE_PERCENT = 8;
    private static final int MAX_CONCURRENT_REQUESTS = 16;

    private final Random random;
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> payments = new ConcurrentHashMap<>();
    private final HttpServer server;

    /** Starts the bank, whose failures are drawn from a seed. */
    PaymentBank(long seed) throws IOException {
        this.random = new Random(seed);
        this.server = LocalServer.start("/", MAX_CONCURRENT_REQUESTS, this::pay);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/payments");
    }

    private void pay(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst(KEY);
        int order = Integer.parseInt(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        int roll = random.nextInt(100);
        if (roll < UNAVAILABLE_PERCENT) {
            exchange.sendResponseHeaders(UNAVAILABLE, -1);
        } else {
            if (keys.add(key)) {
                payments.merge(order, 1, Integer::sum);
            }
            if (roll < UNAVAILABLE_PERCENT + LOST_RESPONSE_PERCENT) {
                // An exchange that is closed before its response closes the connection.
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(PAID, -1);
        }
        exchange.close();
    }

    /** Returns how often each order was paid. */
    Map<Integer, Integer> payments() {
        return Map.copyOf(payments);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
