package dev.respite.idempotency;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Creates unique owners: a random prefix for this object, and a number. */
final class Owners {

    private final String prefix = UUID.randomUUID() + "-";
    private final AtomicLong number = new AtomicLong();

    String next() {
        return prefix + Long.toString(number.incrementAndGet(), Character.MAX_RADIX);
    }
}
