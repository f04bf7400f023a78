package com.example;

import java.io.IOException;

/** The remote service that {@link Converter} calls. */
interface ExchangeRates {

    double rate(String currency) throws IOException;
}
