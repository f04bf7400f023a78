package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.StoreServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Counts the calls that have no heartbeat for long, while a worker has vanished and the others serve. */
final class StalledCalls {

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicReference<Optional<StoreServer>> database = new AtomicReference<>(Optional.empty());

    void watch(StoreServer server) {
        database.set(Optional.of(server));
    }

    /** Counts the picked calls without a heartbeat between two looks, so that no clocks are compared. */
    void check() {
        database.get().ifPresent(server -> {
            try (Connection connection = DriverManager.getConnection(server.url())) {
                Set<String> before = picked(connection);
                LockSupport.parkNanos(DurableWorker.TAKEOVER.multipliedBy(2).toNanos());
                before.retainAll(picked(connection));
                count.addAndGet(before.size());
            } catch (SQLException down) {
                // Nothing is known.
            }
        });
    }

    /** Returns the picked rows that are not locked: a locked one is left to its transaction. */
    private static Set<String> picked(Connection connection) throws SQLException {
        Set<String> rows = new HashSet<>();
        Sql.read(
                connection,
                "SELECT task_instance, version, last_heartbeat FROM "
                        + DurableTables.defaults().tasks() + " WHERE picked = TRUE FOR UPDATE SKIP LOCKED",
                row -> rows.add(row.getString(1) + " " + row.getString(2) + " " + row.getString(3)));
        return rows;
    }

    /** Returns how many were found, of all times. */
    int count() {
        return count.get();
    }
}
