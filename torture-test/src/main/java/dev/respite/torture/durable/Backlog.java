package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.store.StoreServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/** Counts the calls that wait or run, several times a second. Thread-safe. */
final class Backlog {

    /** As many as three workers run within a few seconds. */
    private static final int MAX_CALLS = 120;

    private static final long INTERVAL_MILLIS = 100;

    /** Unknown at first, and while the database is down. */
    private volatile int calls = Integer.MAX_VALUE;

    /** Counts the calls from now on. */
    void watch(StoreServer database) {
        DaemonThreads.named("backlog").newThread(() -> count(database)).start();
    }

    private void count(StoreServer database) {
        String query = "SELECT COUNT(*) FROM " + DurableTables.defaults().tasks();
        try {
            while (true) {
                try (Connection connection = database.connect();
                        Statement statement = connection.createStatement()) {
                    while (true) {
                        try (ResultSet row = statement.executeQuery(query)) {
                            row.next();
                            calls = row.getInt(1);
                        }
                        TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
                    }
                } catch (SQLException down) {
                    calls = Integer.MAX_VALUE;
                }
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isFull() {
        return calls > MAX_CALLS;
    }

    boolean isEmpty() {
        return calls == 0;
    }
}
