package consumer;

import dev.respite.*;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.io.IOException;
import java.net.ConnectException;
import dev.respite.resilience4j.Resilience4jBreaker;
import io.github.resilience4j.circuitbreaker.*;

/** Prints: ACME 101.25 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/patterns.md
        CircuitBreaker breaker = CircuitBreaker.of("quotes", CircuitBreakerConfig.custom()
                .slidingWindowSize(2)
                .minimumNumberOfCalls(2)
                .waitDurationInOpenState(Duration.ofMillis(300))
                .build());
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=4")).withListener(event -> {
            if (event instanceof RetryEvent.CallEnded ended) {
                System.out.println(ended.history().summary());
            }
        });
        Quotes service = new Quotes();

        BreakerPerAttempt quotes = BreakerPerAttempt.of(retry, Resilience4jBreaker.of(breaker));
        try {
            quotes.call(() -> service.fetch("ACME"));
        } catch (CallNotPermittedException rejected) {
            System.out.println(rejected.getMessage());
        }
        System.out.println(quotes.waitingWhileOpen().call(() -> service.fetch("ACME")));
        // end
    }

    /** A service that refuses its first connection. */
    private static final class Quotes {
        private int requests;

        String fetch(String symbol) throws IOException {
            requests++;
            if (requests <= 2) {
                throw new ConnectException("refused");
            }
            return symbol + " 101.25";
        }
    }
}
