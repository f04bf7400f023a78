package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.DaemonThreads;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.StoreServer;
import java.sql.Connection;
import java.sql.SQLException;

/** Counts the calls that wait or run, several times a second. Thread-safe. */
final class Backlog {

    /** As many as three workers run within a few seconds. */
    private static final int MAX_CALLS = 120;

    private static final long PAUSE_MILLIS = 100;

    private static final String QUERY =
            "SELECT COUNT(*) FROM " + DurableTables.defaults().tasks();

    /** Unknown at first, and while the database is down. */
    private volatile int calls = Integer.MAX_VALUE;

    /** Counts the calls from now on. */
    void watch(StoreServer database) {
        DaemonThreads.repeat("backlog", PAUSE_MILLIS, () -> calls = count(database));
    }

    private static int count(StoreServer database) {
        try (Connection connection = database.connect()) {
            return (int) Sql.number(connection, QUERY);
        } catch (SQLException down) {
            return Integer.MAX_VALUE;
        }
    }

    boolean isFull() {
        return calls > MAX_CALLS;
    }

    boolean isEmpty() {
        return calls == 0;
    }
}
