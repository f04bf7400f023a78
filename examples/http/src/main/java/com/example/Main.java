package com.example;

import com.sun.net.httpserver.HttpServer;
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
        HttpServer server = FaultyServer.start();
        try {
            URI root = URI.create("http://localhost:" + server.getAddress().getPort());
            URI payments = root.resolve("/payments");
            HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient())
                    .withIdempotencyKeys(IdempotencyKeys.supportedBy(payments));

            send(client, HttpRequest.newBuilder(root.resolve("/quotes/ACME")).build());
            send(client, post(root.resolve("/orders"), "1 book"));
            send(client, post(payments, "100 EUR"));
        } finally {
            server.stop(0);
        }
    }

    private static HttpRequest post(URI uri, String body) {
        return HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
    }

    private static void send(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        var response = client.send(request, BodyHandlers.discarding());
        System.out.println("caller gets " + response.statusCode());
    }
}
