package dev.respite;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The warnings of policies that were logged: equal policies warn once in a process. The map is static and mutable. */
final class LoggedLines {

    /** As many lines are kept; then all are forgotten. */
    static final int MAX = 1_000;

    private static final Map<String, Boolean> LINES = new ConcurrentHashMap<>();

    private LoggedLines() {}

    /** Returns whether the line is new. */
    static boolean add(String line) {
        if (LINES.size() >= MAX) {
            LINES.clear();
        }
        return LINES.putIfAbsent(line, true) == null;
    }
}
