package dev.respite.stacks.migration;

import java.io.IOException;

/** Prices that are retried by one of the libraries. */
interface Quotes {

    String price(String symbol) throws IOException;
}
