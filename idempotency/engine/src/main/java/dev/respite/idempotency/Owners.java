package dev.respite.idempotency;

import dev.respite.idempotency.store.OwnerToken;
import dev.respite.time.TimeSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Creates unique owners: a random prefix for this object, a number, and the time and the operation of the claim. */
final class Owners {

    private final TimeSource time;
    private final String prefix =
            Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1, Character.MAX_RADIX) + "-";
    private final AtomicLong number = new AtomicLong();

    Owners(TimeSource time) {
        this.time = time;
    }

    String next(Optional<String> operation) {
        String id = prefix + Long.toString(number.incrementAndGet(), Character.MAX_RADIX);
        return OwnerToken.owner(id, time.wallTime(), operation);
    }
}
