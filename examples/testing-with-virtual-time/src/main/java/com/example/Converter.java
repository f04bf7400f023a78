package com.example;

import dev.respite.Retry;
import java.io.IOException;

/** Converts amounts to euros. It takes its {@link Retry} as a parameter, so a test can pass one that runs on virtual time. */
final class Converter {

    private final ExchangeRates rates;
    private final Retry retry;
    private double lastRate = Double.NaN;

    Converter(ExchangeRates rates, Retry retry) {
        this.rates = rates;
        this.retry = retry;
    }

    /** Uses the last known rate if the service is unavailable. */
    double toEuros(String currency, double amount) throws IOException {
        try {
            lastRate = retry.call(() -> rates.rate(currency));
        } catch (IOException unavailable) {
            if (Double.isNaN(lastRate)) {
                throw unavailable;
            }
        }
        return amount * lastRate;
    }
}
