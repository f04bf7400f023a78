package dev.respite.stacks.migration;

import dev.respite.spring.Respite;
import java.io.IOException;
import org.springframework.stereotype.Service;

@Service
class RespiteQuotes implements Quotes {

    private final Market market;

    RespiteQuotes(Market market) {
        this.market = market;
    }

    @Override
    @Respite(value = "quotes", fallback = "cached")
    public String price(String symbol) throws IOException {
        return market.price(symbol);
    }

    String cached(String symbol, IOException failure) {
        return symbol + " (cached)";
    }
}
