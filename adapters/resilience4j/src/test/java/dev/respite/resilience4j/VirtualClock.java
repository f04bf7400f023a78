package dev.respite.resilience4j;

import dev.respite.time.VirtualTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The wall clock of a virtual time, as a breaker takes it. */
final class VirtualClock extends Clock {

    private final VirtualTime time;

    VirtualClock(VirtualTime time) {
        this.time = time;
    }

    @Override
    public Instant instant() {
        return time.wallTime();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
