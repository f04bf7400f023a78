package consumer;

import dev.respite.*;
import java.io.IOException;
import java.net.ConnectException;

/** Prints: ACME 101.25 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/getting-started.md
        Retry retry = Retry.withDefaults().onSuccess(ended -> System.out.println(ended.history()));
        Quotes service = new Quotes();
        String quote = retry.call(() -> service.fetch("ACME"));
        System.out.println(quote);
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
