package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.logging.FailureText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Logs the calls that this instance has moved to the dead letters. An outage may give up thousands: the first of each task and
 * reason is logged at once, and the later ones together. Safe for use by any number of threads.
 */
final class DeadLetterLog {

    /** The time between two flushes, and so the longest delay of a line. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Group, Later> groups = new LinkedHashMap<>();

    /** Text that is added to the next line. */
    private String hint = FailureText.hint();

    private record Group(String task, String reason) {}

    /** The number of letters since the last line, and the text of the last one. */
    private record Later(long number, String last) {}

    /** Logs a letter, or counts it until the next flush if one of its group was logged since the last. */
    void add(DeadLetter letter) {
        lock.lock();
        try {
            log(letter);
        } finally {
            lock.unlock();
        }
    }

    private void log(DeadLetter letter) {
        Group group = new Group(letter.call().task(), letter.reason());
        Later earlier = groups.get(group);
        if (earlier == null) {
            LOGGER.log(
                    WARNING,
                    "call '" + letter.call().id() + "' of task '" + group.task + "' is dead letter '"
                            + letter.letterId() + "': " + group.reason + "; "
                            + letter.attempts().lastError() + hint);
            hint = "";
        }
        groups.put(
                group,
                new Later(
                        earlier == null ? 0 : earlier.number + 1,
                        "'" + letter.call().id() + "': " + letter.attempts().lastError()));
    }

    /** Logs a line for each group that has letters which were not logged. */
    void flush() {
        lock.lock();
        try {
            logLater();
        } finally {
            lock.unlock();
        }
    }

    private void logLater() {
        groups.values().removeIf(later -> later.number == 0);
        groups.replaceAll((group, later) -> {
            String calls = later.number == 1 ? "1 more call" : later.number + " more calls";
            LOGGER.log(
                    WARNING,
                    calls + " of task '" + group.task + "' became dead letters: " + group.reason + "; the last is "
                            + later.last);
            return new Later(0, later.last);
        });
    }
}
