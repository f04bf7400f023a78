package dev.respite.benchmarks.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** Any {@link HttpClient}. */
final class ClientExchange implements Exchange {

    private final HttpClient client;
    private final HttpRequest request;

    ClientExchange(HttpClient client, URI uri) {
        this.client = client;
        this.request = HttpRequest.newBuilder(uri).build();
    }

    @Override
    public int send() throws IOException, InterruptedException {
        return sendBlocking().body().length;
    }

    HttpResponse<byte[]> sendBlocking() throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofByteArray());
    }

    @Override
    public CompletableFuture<HttpResponse<byte[]>> sendAsync() {
        return client.sendAsync(request, BodyHandlers.ofByteArray());
    }
}
