package dev.respite.sim;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The moment at which a run begins in all its processes: a time of day, since their monotonic clocks may differ. */
record Start(Instant at) {

    private static final String BEGIN = "begin ";

    static Start after(TimeSource time, Duration delay) {
        return new Start(time.wallTime().plus(delay));
    }

    static boolean isOrder(String line) {
        return line.startsWith(BEGIN);
    }

    static Start parse(String order) {
        return new Start(Instant.parse(order.substring(BEGIN.length())));
    }

    /** The order that a process is sent. */
    String order() {
        return BEGIN + at;
    }

    /** The moment by the monotonic clock of this process. */
    long nanoTime(TimeSource time) {
        return time.nanoTime() + time.wallTime().until(at, ChronoUnit.NANOS);
    }
}
