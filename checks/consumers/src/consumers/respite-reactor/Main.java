package consumer;

import dev.respite.*;
import java.io.IOException;
import java.net.ConnectException;
import dev.respite.reactor.ReactorRetry;
import reactor.core.publisher.Mono;

/** Prints: ACME 101.25 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/getting-started.md
        ReactorRetry retry = ReactorRetry.of(Retry.withDefaults());
        Quotes service = new Quotes();
        Mono<String> quote = Mono.fromCallable(() -> service.fetch("ACME")).transform(retry::mono);
        System.out.println(quote.block());
        // end
    }

    /** A service that refuses its first connection. */
    private static final class Quotes {
        private int requests;

        String fetch(String symbol) throws IOException {
            requests++;
            if (requests == 1) {
                throw new ConnectException("refused");
            }
            return symbol + " 101.25";
        }
    }
}
