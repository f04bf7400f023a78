package dev.respite.cli;

import dev.respite.Retry;
import dev.respite.http.IdempotencyKeys;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;

/** The three ways to move money through a faulty bank. */
enum Way {
    /** Every transfer is sent once. */
    NONE,
    /** The retry loop that everybody has written once. */
    NAIVE,
    /** Respite, with idempotency keys. */
    RESPITE;

    /** How long an attempt may take, in all three ways: a bank that hangs never answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int NAIVE_ATTEMPTS = 4;
    private static final long NAIVE_PAUSE_MILLIS = 50;

    /**
     * What differs from the default, and why. A third of the attempts fail here, and up to 8 in a row at one transfer:
     * so 10 attempts. They fail by the dice and not by load: so the delays may be short, and a 503 or a hang costs no
     * more of the budget than any other error (by default ten times as much). One token for each success pays for the
     * half retry that a transfer takes on average; 200 more are for the times when the bank is killed and nothing succeeds.
     * The attempt timeout is below the hang.
     */
    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=10 base-delay=50ms max-delay=1s attempt-timeout=1s budget=success:1/200/1");

    /** Sends one transfer; the answer is what the client is told in the end. */
    @FunctionalInterface
    interface Payer {
        HttpResponse<String> pay(HttpRequest request) throws IOException, InterruptedException;
    }

    /** The client of this way, which sends by the given one. */
    Payer payer(HttpClient client, URI bank) {
        return switch (this) {
            case NONE -> request -> client.send(impatient(request), BodyHandlers.ofString());
            case NAIVE -> request -> naive(client, impatient(request));
            case RESPITE -> {
                HttpClient retrying = RetryingHttpClient.of(client, Retry.of(POLICY))
                        .withIdempotencyKeys(IdempotencyKeys.honouredAt(bank));
                yield request -> retrying.send(request, BodyHandlers.ofString());
            }
        };
    }

    /** Four attempts, 50 ms apart, whatever went wrong; no key, no jitter. */
    private static HttpResponse<String> naive(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() == 200 || attempt == NAIVE_ATTEMPTS) {
                    return answer;
                }
            } catch (IOException failed) {
                if (attempt == NAIVE_ATTEMPTS) {
                    throw failed;
                }
            }
            Thread.sleep(NAIVE_PAUSE_MILLIS);
        }
    }

    private static HttpRequest impatient(HttpRequest request) {
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .timeout(PATIENCE)
                .build();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
