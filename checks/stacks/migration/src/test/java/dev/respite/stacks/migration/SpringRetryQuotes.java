package dev.respite.stacks.migration;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Recover;
import org.springframework.retry.annotation.Retryable;
import org.springframework.stereotype.Service;

@Service
class SpringRetryQuotes implements Quotes {

    private final Market market;

    SpringRetryQuotes(Market market) {
        this.market = market;
    }

    @Override
    @Retryable(
            retryFor = IOException.class,
            noRetryFor = FileNotFoundException.class,
            maxAttemptsExpression = "${quotes.attempts}",
            backoff = @Backoff(delay = 10, multiplier = 2, maxDelay = 1000, random = true),
            listeners = "retryLog",
            recover = "cached")
    public String price(String symbol) throws IOException {
        return market.price(symbol);
    }

    @Recover
    String cached(IOException failure, String symbol) {
        return symbol + " (cached)";
    }
}
