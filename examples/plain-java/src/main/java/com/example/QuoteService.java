package com.example;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;

/** A remote service whose first request times out and whose second is refused. */
final class QuoteService {

    private int requests;

    String fetch(String symbol) throws IOException {
        if (symbol.isEmpty()) {
            throw new IllegalArgumentException("a quote needs a symbol");
        }
        requests++;
        if (requests == 1) {
            throw new SocketTimeoutException("Read timed out");
        }
        if (requests == 2) {
            throw new ConnectException("Connection refused");
        }
        return symbol + " 101.25";
    }
}
