package com.example.payments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a service that is busy. */
class PaymentsClientTest {

    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final List<Integer> statuses = new ArrayList<>();
    private HttpServer server;
    private PaymentsClient.Builder client;

    @BeforeEach
    void start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        server.createContext("/", exchange -> {
            keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            byte[] body = "payment 1".getBytes();
            exchange.sendResponseHeaders(statuses.isEmpty() ? 503 : statuses.remove(0), body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        client = PaymentsClient.builder(URI.create("http://" + loopback.getHostAddress() + ":"
                + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void pay_serviceIsBusyTwice_sendsTheSameKeyThreeTimes() throws InterruptedException {
        statuses.addAll(List.of(503, 429, 200));
        assertEquals("payment 1", client.build().pay("ACME", 100));
        assertEquals(3, keys.size());
        assertEquals(1, new HashSet<>(keys).size());
    }

    @Test
    void pay_serviceStaysBusy_throwsTheExceptionOfTheClient() {
        List<String> events = new CopyOnWriteArrayList<>();
        PaymentsClient two = client.maxAttempts(2).onEvent(events::add).build();
        assertThrows(PaymentsException.class, () -> two.pay("ACME", 100));
        assertEquals(List.of("attempt 1 failed: 503", "attempt 2 failed: 503", "attempts exhausted"), events);
    }

    @Test
    void pay_listenerThrows_makesThePayment() throws InterruptedException {
        statuses.addAll(List.of(503, 200));
        PaymentsClient listened = client.onEvent(event -> {
                    throw new IllegalStateException(event);
                })
                .build();
        assertEquals("payment 1", listened.pay("ACME", 100));
    }
}
