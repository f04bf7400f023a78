package dev.respite.outcome;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The name of a kind of error, and its meaning for the load on the target. Rules, budget costs, metric tags and the history
 * speak of kinds; so there should be few of them: make them constants, and never make a name of data. Two kinds are equal if
 * their names are.
 *
 * @param name lower-case letters, digits and hyphens, at most 40: {@code timeout}, {@code connect}, {@code 503}
 * @param load the meaning of an error of this kind for the load
 */
public record ErrorKind(String name, Load load) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

    private static final Pattern RESERVED = Pattern.compile("any|[1-5]xx");

    /** Nothing came back in time: a sign of overload. */
    public static final ErrorKind TIMEOUT = new ErrorKind("timeout", Load.OVERLOAD);

    /** No connection could be made, or its name not be resolved; so nothing was sent. */
    public static final ErrorKind CONNECT = new ErrorKind("connect", Load.ORDINARY);

    /** The server requests a lower rate: a sign of overload. Rules for {@code throttled} hold for a status 429 too. */
    public static final ErrorKind THROTTLED = new ErrorKind("throttled", Load.OVERLOAD);

    /** A connection broke, or another failure on the wire. */
    public static final ErrorKind IO = new ErrorKind("io", Load.ORDINARY);

    /** A database states that the same work may succeed in a further attempt. */
    public static final ErrorKind SQL = new ErrorKind("sql", Load.ORDINARY);

    /** A value came back that the policy does not accept. */
    public static final ErrorKind RESULT = new ErrorKind("result", Load.ORDINARY);

    /** The call was rejected on this side, by an open circuit breaker for example, and never reached its target. */
    public static final ErrorKind REJECTED = new ErrorKind("rejected", Load.NONE);

    /** Any error that has no better name. */
    public static final ErrorKind OTHER = new ErrorKind("other", Load.ORDINARY);

    private static final ErrorKind[] STATUSES = statuses();

    /** The meaning of an error for the load on the target, which determines the cost of its retry. */
    public enum Load {
        /** The target was not reached; a retry costs no token. */
        NONE,
        /** The target failed, but not by its load. */
        ORDINARY,
        /** The target may have too much to do: a timeout, a 503, a 429. A retry is dear. */
        OVERLOAD
    }

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if the name has other characters or is too long
     */
    public ErrorKind {
        if (!NAME.matcher(name).matches() || RESERVED.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "error kind '" + name
                            + "': use 1 to 40 lower-case letters, digits and hyphens, such as 'timeout' or 'not-ready', and not 'any' or '5xx', which select kinds");
        }
    }

    /**
     * An ordinary kind of error.
     *
     * @param name the name
     * @return the kind
     */
    public static ErrorKind of(String name) {
        return new ErrorKind(name, Load.ORDINARY);
    }

    /**
     * A kind of error that is a sign of overload.
     *
     * @param name the name
     * @return the kind
     */
    public static ErrorKind overload(String name) {
        return new ErrorKind(name, Load.OVERLOAD);
    }

    /**
     * The kind that is named after an HTTP status. 429, 503 and 504 are signs of overload.
     *
     * @param status the status
     * @return the kind; {@link #OTHER} for a number that is no HTTP status, 100 to 599
     */
    public static ErrorKind ofStatus(int status) {
        return status < 100 || status > 599 ? OTHER : STATUSES[status - 100];
    }

    /** {@return the HTTP status that this kind is named after; empty for every other kind} */
    public OptionalInt status() {
        if (name.length() != 3 || name.charAt(0) < '1' || name.charAt(0) > '5') {
            return OptionalInt.empty();
        }
        int tens = name.charAt(1) - '0';
        int ones = name.charAt(2) - '0';
        boolean digits = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
        return digits ? OptionalInt.of((name.charAt(0) - '0') * 100 + tens * 10 + ones) : OptionalInt.empty();
    }

    private static ErrorKind[] statuses() {
        ErrorKind[] kinds = new ErrorKind[500];
        for (int status = 100; status < 600; status++) {
            boolean overload = status == 429 || status == 503 || status == 504;
            kinds[status - 100] = new ErrorKind(Integer.toString(status), overload ? Load.OVERLOAD : Load.ORDINARY);
        }
        return kinds;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ErrorKind kind && kind.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
