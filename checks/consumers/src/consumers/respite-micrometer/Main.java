package consumer;

import dev.respite.*;
import dev.respite.micrometer.*;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Prints: 1.0 */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        // snippet adapters/micrometer/src/main/java/dev/respite/micrometer/RetryMetrics.java
        Retry quotes = Retry.withDefaults().withName("quotes");
        RetryMetrics.of(quotes).bindTo(registry);
        // end
        quotes.call(() -> "ACME 101.25");
        System.out.println(registry.get("respite.attempts").tag("error", "none").functionCounter().count());
    }
}
