package dev.respite.idempotency;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Names for owners, no two alike: what is drawn once for all of them, and a number. */
final class Owners {

    private final String prefix = UUID.randomUUID() + "-";
    private final AtomicLong number = new AtomicLong();

    String next() {
        return prefix + Long.toString(number.incrementAndGet(), Character.MAX_RADIX);
    }
}
