package consumer;

import dev.respite.Retry;
import dev.respite.http.exchange.*;
import dev.respite.policy.RetryPolicy;
import java.net.URI;

/** Prints: 8 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/http-clients.md
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=4 attempt-timeout=2s")).withName("payments");
        HttpRetry http = HttpRetry.of(retry)
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://pay.example.com")))
                .withoutAttemptHeader();
        HttpRetry patient = http.withPolicy(RetryPolicy.parse("max-attempts=8"));   // the same budgets, for single requests
        System.out.println(patient.retry().policy().limits().maxAttempts());
        // end
    }
}
