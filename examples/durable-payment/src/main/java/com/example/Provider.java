package com.example;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Set;

/** A payment provider that is down at first, then pays without an answer, and honours idempotency keys. */
final class Provider {

    private final Set<String> paid = new HashSet<>();
    private int requests;

    void pay(String order, String key) throws ConnectException, SocketTimeoutException {
        requests++;
        if (requests == 1) {
            throw new ConnectException("the provider is down");
        }
        paid.add(key + " of " + order);
        if (requests == 2) {
            throw new SocketTimeoutException("paid, but the answer is lost");
        }
    }

    int payments() {
        return paid.size();
    }
}
