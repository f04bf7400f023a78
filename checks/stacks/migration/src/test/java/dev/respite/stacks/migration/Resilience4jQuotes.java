package dev.respite.stacks.migration;

import io.github.resilience4j.retry.annotation.Retry;
import java.io.IOException;
import org.springframework.stereotype.Service;

@Service
class Resilience4jQuotes implements Quotes {

    private final Market market;

    Resilience4jQuotes(Market market) {
        this.market = market;
    }

    @Override
    @Retry(name = "quotes", fallbackMethod = "cached")
    public String price(String symbol) throws IOException {
        return market.price(symbol);
    }

    String cached(String symbol, IOException failure) {
        return symbol + " (cached)";
    }
}
