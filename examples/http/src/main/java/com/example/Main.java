package com.example;

import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** A drop-in {@link HttpClient}: it retries a GET, and a POST only where the server supports idempotency keys. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (FaultyServer server = FaultyServer.start()) {
            URI quotes = server.uri("/quotes/ACME");
            URI orders = server.uri("/orders");
            URI payments = server.uri("/payments");
            HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient())
                    .withIdempotencyKeys(IdempotencyKeys.supportedBy(payments));

            send(client, HttpRequest.newBuilder(quotes).build());
            send(client, post(orders, "1 book"));
            send(client, post(payments, "100 EUR"));
        }
    }

    private static HttpRequest post(URI uri, String body) {
        return HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
    }

    private static void send(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        var response = client.send(request, BodyHandlers.ofString());
        System.out.println("caller gets " + response.statusCode() + " " + response.body());
    }
}
