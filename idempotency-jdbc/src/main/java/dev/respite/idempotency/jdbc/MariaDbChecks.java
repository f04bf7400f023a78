package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Optional;

/** The checks of a MariaDB server. They need no privileges. */
final class MariaDbChecks {

    private static final int MAJOR = 10;
    private static final int MINOR = 6;

    private MariaDbChecks() {}

    /** Returns why the server cannot guarantee exactly once; empty if it can. */
    static Optional<String> unsupportedReason(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        int major = server.getDatabaseMajorVersion();
        int minor = server.getDatabaseMinorVersion();
        if (isTooOld(major, minor)) {
            return Optional.of(
                    "the database is MariaDB " + major + "." + minor + ", which has no SKIP LOCKED: use 10.6 or newer");
        }
        if (connection.getTransactionIsolation() == Connection.TRANSACTION_READ_UNCOMMITTED) {
            return Optional.of(
                    "the connections' isolation level is READ UNCOMMITTED, so a result would be visible to others"
                            + " before it is committed: set another level, for example READ COMMITTED");
        }
        if (isOn(variable(connection, "WSREP_ON"))) {
            return Optional.of(
                    "wsrep_on is ON: in a Galera cluster a lock holds on one node only, so the outcome of a commit cannot be"
                            + " determined. Use a single MariaDB, with or without replicas");
        }
        String engine = Dialect.only(
                connection,
                "SELECT COALESCE(MAX(CONCAT(TABLE_NAME, ' is of the engine ', ENGINE)), '')"
                        + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE <> 'InnoDB'"
                        + " AND TABLE_NAME IN ('respite_idempotency', 'respite_idempotency_purge')");
        return engine.isEmpty()
                ? Optional.empty()
                : Optional.of("the table " + engine + ", which has no transactions: ALTER TABLE … ENGINE = InnoDB");
    }

    /** Returns why commits may be lost in a crash; empty if they are durable. */
    static Optional<String> durabilityProblem(Connection connection) throws SQLException {
        String flush = variable(connection, "INNODB_FLUSH_LOG_AT_TRX_COMMIT");
        if (!flush.equals("1") && !flush.equals("3")) {
            return Optional.of("innodb_flush_log_at_trx_commit is " + flush
                    + ", so a crash of the server can lose committed transactions: set it to 1");
        }
        String doublewrite = variable(connection, "INNODB_DOUBLEWRITE");
        if (doublewrite.equalsIgnoreCase("OFF")) {
            return Optional.of("innodb_doublewrite is OFF, so a crash of the machine can leave half-written pages:"
                    + " enable it");
        }
        if (!isOn(variable(connection, "LOG_BIN"))) {
            return Optional.of(
                    "log_bin is OFF, and without the binary log InnoDB shows a commit to others before it is on"
                            + " the disk: a crash at that moment undoes a result that a duplicate has received. Enable it,"
                            + " with sync_binlog = 1");
        }
        String sync = variable(connection, "SYNC_BINLOG");
        if (!sync.equals("1")) {
            return Optional.of("sync_binlog is " + sync
                    + ", so a crash of the machine can lose committed transactions: set it" + " to 1");
        }
        return Optional.empty();
    }

    static boolean isTooOld(int major, int minor) {
        return major < MAJOR || (major == MAJOR && minor < MINOR);
    }

    private static boolean isOn(String value) {
        return value.equalsIgnoreCase("ON") || value.equals("1");
    }

    /** Returns the value of a variable, or an empty text if the server was built without it. The name is in upper case. */
    private static String variable(Connection connection, String name) throws SQLException {
        return Dialect.only(
                connection,
                "SELECT COALESCE(MAX(VARIABLE_VALUE), '') FROM information_schema.SESSION_VARIABLES"
                        + " WHERE VARIABLE_NAME = '" + name + "'");
    }
}
