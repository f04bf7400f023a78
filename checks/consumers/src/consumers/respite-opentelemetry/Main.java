package consumer;

import dev.respite.*;
import dev.respite.opentelemetry.*;

/** Prints: ACME 101.25 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet adapters/opentelemetry/src/main/java/dev/respite/opentelemetry/RetryTracing.java
        Retry retry = RetryTracing.instrument(Retry.withDefaults().withName("quotes"));
        // end
        System.out.println(retry.call(() -> "ACME 101.25"));
    }
}
