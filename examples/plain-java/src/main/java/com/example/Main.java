package com.example;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import java.io.IOException;

/** Calls a service that fails twice: the caller gets the result, and a listener gets the history of each call. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        QuoteService quotes = new QuoteService();
        // One instance for each target, shared by all threads: it holds the target's retry budget.
        Retry retry = Retry.withDefaults().withName("quotes").withListener(Main::printHistory);

        String quote = retry.call(() -> quotes.fetch("ACME"));
        System.out.println(quote);

        try {
            retry.call(() -> quotes.fetch(""));
        } catch (IllegalArgumentException invalid) {
            System.out.println("not retried: " + invalid.getMessage());
        }
    }

    private static void printHistory(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            System.out.println(ended.history());
        }
    }
}
