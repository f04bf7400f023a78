package dev.respite.durable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instance that has picked a call, as the row has it: {@code 4711@host/60000}. The last number is the time in milliseconds
 * after which an attempt without a heartbeat counts as lost. A process of an operator has no other way to know the heartbeat of the
 * instance.
 *
 * @param name the process and its host
 * @param lostAfter the time after which its attempts count as lost
 */
record Owner(String name, Duration lostAfter) {

    private static final Pattern TEXT = Pattern.compile("(.+)/([0-9]{1,15})");

    /** The length of the column. */
    private static final int MAX_LENGTH = 50;

    /**
     * An operator's process waits longer than other instances do. They wait as long again after an outage of the database or a change
     * of its clock, which this process has no means to notice.
     */
    private static final int CAUTION = 2;

    /** The instance of this process. */
    static Owner here(Duration heartbeat) {
        return new Owner(
                ProcessHandle.current().pid() + "@" + host(),
                heartbeat.multipliedBy(DurableSettings.MISSED_HEARTBEATS));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    /** Returns the text of the column. A long name is cut at its end. */
    String text() {
        String end = "/" + lostAfter.toMillis();
        return name.substring(0, Math.min(name.length(), MAX_LENGTH - end.length())) + end;
    }

    /** Reads the text of the column; empty if another library has written it. */
    static Optional<Owner> of(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new Owner(parts.group(1), Duration.ofMillis(Long.parseLong(parts.group(2)))))
                : Optional.empty();
    }

    /** Returns whether an operator may take a call over whose last heartbeat has this age. */
    boolean isLost(Duration heartbeatAge) {
        return heartbeatAge.compareTo(lostAfter.multipliedBy(CAUTION)) > 0;
    }
}
