package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Optional;

/** What is looked at before MariaDB is trusted. None of it needs a privilege. */
final class MariaDbChecks {

    private static final int MAJOR = 10;
    private static final int MINOR = 6;

    private MariaDbChecks() {}

    /** Why it cannot promise anything, as it is; empty if it can. */
    static Optional<String> flaw(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        int major = server.getDatabaseMajorVersion();
        int minor = server.getDatabaseMinorVersion();
        if (isTooOld(major, minor)) {
            return Optional.of("the database is MariaDB " + major + "." + minor
                    + ", which cannot pass over a locked row: it must be 10.6 or newer");
        }
        if (connection.getTransactionIsolation() == Connection.TRANSACTION_READ_UNCOMMITTED) {
            return Optional.of(
                    "the connections' isolation level is READ UNCOMMITTED, so a result would be told to others"
                            + " before it is committed: set another, READ COMMITTED say");
        }
        if (isOn(variable(connection, "WSREP_ON"))) {
            return Optional.of(
                    "wsrep_on is ON: in a Galera cluster a lock holds on one node only, so it could not be found"
                            + " out how a commit has ended. Give a single MariaDB, with replicas if you like");
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

    /** Why commits do not outlive a crash; empty if they do. */
    static Optional<String> flawInDurability(Connection connection) throws SQLException {
        String flush = variable(connection, "INNODB_FLUSH_LOG_AT_TRX_COMMIT");
        if (!flush.equals("1") && !flush.equals("3")) {
            return Optional.of("innodb_flush_log_at_trx_commit is " + flush
                    + ", so a crash of the server can lose what was committed: set it to 1");
        }
        String doublewrite = variable(connection, "INNODB_DOUBLEWRITE");
        if (doublewrite.equalsIgnoreCase("OFF")) {
            return Optional.of("innodb_doublewrite is OFF, so a crash of the machine can leave half-written pages:"
                    + " switch it on");
        }
        if (!isOn(variable(connection, "LOG_BIN"))) {
            return Optional.of(
                    "log_bin is OFF, and without the binary log InnoDB shows a commit to others before it is on"
                            + " the disk: a duplicate could be told a result that a crash at that moment takes back. Switch it on,"
                            + " with sync_binlog = 1");
        }
        String sync = variable(connection, "SYNC_BINLOG");
        if (!sync.equals("1")) {
            return Optional.of("sync_binlog is " + sync
                    + ", so a crash of the machine can lose what was committed: set it" + " to 1");
        }
        return Optional.empty();
    }

    static boolean isTooOld(int major, int minor) {
        return major < MAJOR || (major == MAJOR && minor < MINOR);
    }

    private static boolean isOn(String value) {
        return value.equalsIgnoreCase("ON") || value.equals("1");
    }

    /** Its value, or nothing if the server was built without it. The name is in capitals. */
    private static String variable(Connection connection, String name) throws SQLException {
        return Dialect.only(
                connection,
                "SELECT COALESCE(MAX(VARIABLE_VALUE), '') FROM information_schema.SESSION_VARIABLES"
                        + " WHERE VARIABLE_NAME = '" + name + "'");
    }
}
