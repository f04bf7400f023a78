package dev.respite.stacks.migration;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** The remote side of all quotes: counts its requests. The symbol determines how they fail. */
@Component
class Market {

    final AtomicInteger requests = new AtomicInteger();

    String price(String symbol) throws IOException {
        int request = requests.incrementAndGet();
        return switch (symbol) {
            case "down" -> throw new ConnectException("refused");
            case "unknown" -> throw new FileNotFoundException("unknown");
            case "malformed" -> throw new IllegalArgumentException("malformed");
            case "always pending" -> "pending";
            case "pending" -> request < 3 ? "pending" : "ACME 101.25";
            default -> {
                if (request < 3) {
                    throw new ConnectException("refused");
                }
                yield symbol + " 101.25";
            }
        };
    }
}
