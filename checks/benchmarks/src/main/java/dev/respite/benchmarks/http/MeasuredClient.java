package dev.respite.benchmarks.http;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import java.net.URI;
import java.net.http.HttpClient;

/** The client that is measured. */
enum MeasuredClient {
    BARE("JDK client"),
    RESPITE("**Respite**"),
    RESPITE_UNTIMED("**Respite**, `total-timeout=off`"),
    RESILIENCE4J("Resilience4j"),
    /** Blocking only. Its rate is what server and sockets can do; the server limits no row that is well below it. */
    SOCKET("bare socket");

    private final String label;

    MeasuredClient(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    boolean supports(HttpLoad load) {
        return this != SOCKET || load.isBlocking();
    }

    Exchange open(URI uri) {
        // HTTP/1.1 only, so that no request carries the headers of an upgrade.
        HttpClient bare =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return switch (this) {
            case BARE -> new ClientExchange(bare, uri);
            case RESPITE -> new ClientExchange(RetryingHttpClient.of(bare), uri);
            case RESPITE_UNTIMED ->
                new ClientExchange(RetryingHttpClient.of(bare, Retry.of(RetryPolicy.parse("total-timeout=off"))), uri);
            case RESILIENCE4J -> new Resilience4jExchange(new ClientExchange(bare, uri));
            case SOCKET -> new SocketExchange(uri);
        };
    }
}
