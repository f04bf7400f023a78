package com.example;

import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends payments more than once: {@link PaymentServer} executes each of them once. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        try (PaymentServer server = PaymentServer.start()) {
            System.out.println("The same request, sent twice:");
            HttpClient plain = HttpClient.newHttpClient();
            HttpRequest request = payment(server.payments(), "100 EUR to bob")
                    .header("Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")
                    .build();
            print(plain.send(request, BodyHandlers.ofString()));
            print(plain.send(request, BodyHandlers.ofString()));

            System.out.println("A request whose first response is lost:");
            server.loseNextResponse();
            // This client adds a new key to each POST to this address, and sends the same key with each attempt.
            HttpClient retrying = RetryingHttpClient.of(HttpClient.newHttpClient())
                    .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.payments()));
            request = payment(server.payments(), "50 EUR to carol").build();
            print(retrying.send(request, BodyHandlers.ofString()));

            System.out.println("executed: " + server.executed());
        }
    }

    private static HttpRequest.Builder payment(URI payments, String body) {
        return HttpRequest.newBuilder(payments).POST(BodyPublishers.ofString(body));
    }

    private static void print(HttpResponse<String> response) {
        boolean replayed = response.headers().firstValue("Idempotent-Replayed").isPresent();
        System.out.println("  " + response.statusCode() + " " + response.body() + (replayed ? ", replayed" : ""));
    }
}
