package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that goes wrong with a service for a while, and is repaired at once or little by little.
 *
 * @param kind what goes wrong
 * @param service the service that it is for
 * @param replica the one server of that service, numbered from 1; empty if it is for all of them
 * @param degree how much: the factor of {@link Kind#SLOW}, the part of the workers that is left of {@link
 *     Kind#CAPACITY}, the part of the requests of the others, from 0 to 1
 * @param at when it begins, from the beginning of the run
 * @param duration how long it lasts
 * @param ramp how long it takes after that until all is as it was, in a straight line; a pause has none
 */
public record Fault(
        Kind kind, String service, OptionalInt replica, double degree, Duration at, Duration duration, Duration ramp) {

    /** The kinds of faults. */
    public enum Kind {
        /** Requests get no response, and the requests in the service are lost. */
        DOWN(""),
        /** Connections are refused at once, and the requests in the service are lost. */
        REFUSE(""),
        /** Nothing is worked on; what comes in waits. */
        PAUSE(""),
        /** Work takes longer, by a factor. */
        SLOW("by"),
        /** Fewer workers are there. */
        CAPACITY("to"),
        /** Requests are worked on, and then answered with a 500. */
        ERRORS("ratio"),
        /** Requests are answered with a 500 at once, without any work. */
        FAIL_FAST("ratio"),
        /** Requests are rejected with a 429 at once, without any work, as by a quota that is used up. */
        THROTTLE("ratio");

        private final String degreeKey;

        Kind(String degreeKey) {
            this.degreeKey = degreeKey;
        }

        /** Returns the key of the degree in a file; empty if the kind has none. */
        Optional<String> degreeKey() {
            return degreeKey.isEmpty() ? Optional.empty() : Optional.of(degreeKey);
        }

        /** {@return the key that names the fault in a file} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a number is out of its range
     */
    public Fault {
        Checks.time("at", at);
        Checks.positive("for", duration);
        Checks.time("ramp", ramp);
        if (kind == Kind.SLOW) {
            Checks.range("by", degree, 1, 1_000);
        } else {
            Checks.range(kind.degreeKey().orElse("ratio"), degree, 0, 1);
        }
        if (kind == Kind.PAUSE && !ramp.isZero()) {
            throw new InvalidScenarioException("ramp " + Formats.time(ramp) + ": a pause ends at once");
        }
    }

    static Fault of(Kind kind, String service, double degree) {
        return new Fault(
                kind, service, OptionalInt.empty(), degree, Duration.ZERO, Duration.ofSeconds(10), Duration.ZERO);
    }

    /**
     * Requests get no response, and the requests in the service are lost.
     *
     * @param service which service
     * @return the fault, at 0, for 10 s
     */
    public static Fault down(String service) {
        return of(Kind.DOWN, service, 1);
    }

    /**
     * Connections are refused at once, and the requests in the service are lost.
     *
     * @param service which service
     * @return the fault, at 0, for 10 s
     */
    public static Fault refuse(String service) {
        return of(Kind.REFUSE, service, 1);
    }

    /**
     * Nothing is worked on; what comes in waits.
     *
     * @param service which service
     * @return the fault, at 0, for 10 s
     */
    public static Fault pause(String service) {
        return of(Kind.PAUSE, service, 1);
    }

    /**
     * Work takes longer.
     *
     * @param service which service
     * @param factor how many times as long, from 1 to 1000
     * @return the fault, at 0, for 10 s
     */
    public static Fault slow(String service, double factor) {
        return of(Kind.SLOW, service, factor);
    }

    /**
     * Fewer workers are there.
     *
     * @param service which service
     * @param fraction the part of the workers that is left, from 0 to 1
     * @return the fault, at 0, for 10 s
     */
    public static Fault capacity(String service, double fraction) {
        return of(Kind.CAPACITY, service, fraction);
    }

    /**
     * A part of the requests is worked on and answered with a 500.
     *
     * @param service which service
     * @param fraction the part, from 0 to 1
     * @return the fault, at 0, for 10 s
     */
    public static Fault errors(String service, double fraction) {
        return of(Kind.ERRORS, service, fraction);
    }

    /**
     * A part of the requests is answered with a 500 at once, and costs the service no work.
     *
     * @param service which service
     * @param fraction the part, from 0 to 1
     * @return the fault, at 0, for 10 s
     */
    public static Fault failFast(String service, double fraction) {
        return of(Kind.FAIL_FAST, service, fraction);
    }

    /**
     * A part of the requests is rejected with a 429 at once, with the service's Retry-After if it has one, and costs the service
     * no work.
     *
     * @param service which service
     * @param fraction the part, from 0 to 1
     * @return the fault, at 0, for 10 s
     */
    public static Fault throttle(String service, double fraction) {
        return of(Kind.THROTTLE, service, fraction);
    }

    /**
     * {@return this fault at another time}
     *
     * @param at when it begins, from the beginning of the run
     */
    public Fault at(Duration at) {
        return new Fault(kind, service, replica, degree, at, duration, ramp);
    }

    /**
     * {@return this fault for another time}
     *
     * @param duration how long it lasts
     */
    public Fault duration(Duration duration) {
        return new Fault(kind, service, replica, degree, at, duration, ramp);
    }

    /**
     * {@return this fault, repaired little by little}
     *
     * @param ramp how long the repair takes
     */
    public Fault ramp(Duration ramp) {
        return new Fault(kind, service, replica, degree, at, duration, ramp);
    }

    /**
     * {@return this fault for one server of the service only}
     *
     * @param replica which of its {@linkplain Service#replicas(int) replicas}, from 1
     */
    public Fault replica(int replica) {
        return new Fault(kind, service, OptionalInt.of(replica), degree, at, duration, ramp);
    }

    /**
     * Returns whether this fault is for a server.
     *
     * @param service its service
     * @param replica its number, from 1
     * @return true if it is for the service and for all servers or this one
     */
    public boolean isFor(String service, int replica) {
        return this.service.equals(service) && this.replica.orElse(replica) == replica;
    }

    /**
     * Returns when it begins.
     *
     * @return nanoseconds from the beginning of the run
     */
    public long startNanos() {
        return at.toNanos();
    }

    /**
     * Returns when it ends, without its ramp.
     *
     * @return nanoseconds from the beginning of the run
     */
    public long endNanos() {
        return at.plus(duration).toNanos();
    }

    /**
     * Returns how much of the fault there is at a time.
     *
     * @param now nanoseconds from the beginning of the run
     * @return 1 while it lasts, then less and less until the end of the ramp; 0 before and after
     */
    public double severity(long now) {
        long end = endNanos();
        if (now < startNanos() || now >= end + ramp.toNanos()) {
            return 0;
        }
        return now < end ? 1 : 1 - (now - end) / (double) ramp.toNanos();
    }
}
