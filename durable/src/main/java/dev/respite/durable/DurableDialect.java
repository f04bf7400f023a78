package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import java.util.Locale;
import java.util.Optional;

/** A supported database, with the way in which db-scheduler binds times. */
enum DurableDialect {
    POSTGRESQL(
            new PostgreSqlJdbcCustomization(false, false),
            " FOR KEY SHARE",
            "",
            Optional.of("SELECT clock_timestamp() AS present")),
    /** Within a transaction its clock stands still. */
    H2(new DefaultJdbcCustomization(false), " FOR UPDATE", "", Optional.empty()),
    MARIADB(
            new MariaDBJdbcCustomization(true),
            " LOCK IN SHARE MODE",
            "/*M!110402 SET STATEMENT innodb_snapshot_isolation = OFF FOR */ ",
            Optional.of("SELECT UTC_TIMESTAMP(6) AS present"));

    @SuppressWarnings("ImmutableEnumChecker") // it has no state
    private final JdbcCustomization customization;

    private final String againstRemoval;
    private final String beyondSnapshot;

    @SuppressWarnings("ImmutableEnumChecker") // a string
    private final Optional<String> clock;

    DurableDialect(
            JdbcCustomization customization, String againstRemoval, String beyondSnapshot, Optional<String> clock) {
        this.customization = customization;
        this.againstRemoval = againstRemoval;
        this.beyondSnapshot = beyondSnapshot;
        this.clock = clock;
    }

    JdbcCustomization customization() {
        return customization;
    }

    /** Ends a query so that its rows are not removed before the end of the transaction; heartbeats go on where that can be. */
    String againstRemoval() {
        return againstRemoval;
    }

    /**
     * Begins a statement on the row of a call in the transaction of its effect. On MariaDB it applies to the last version of the row,
     * which has heartbeats that the snapshot of the transaction lacks: from 11.6.2 on that would be an error. The condition has the
     * version of the row, so a row that was taken over is not found. The other databases have no such statement.
     */
    String beyondSnapshot() {
        return beyondSnapshot;
    }

    /** Returns the query of the clock, in a column {@code present}; empty if the clock of the machine is taken for it. */
    Optional<String> clock() {
        return clock;
    }

    /** Returns the SQL file of the tables. */
    String file() {
        return "db/respite_durable/" + name().toLowerCase(Locale.ROOT) + "/V1_1__respite_durable.sql";
    }

    /**
     * Returns the dialect of a database.
     *
     * @param product the product name of its driver
     * @throws IllegalArgumentException if it is not supported
     */
    static DurableDialect of(String product) {
        for (DurableDialect dialect : values()) {
            if (product.equalsIgnoreCase(dialect.name())) {
                return dialect;
            }
        }
        throw new IllegalArgumentException(
                "the database is '" + product + "': use a DataSource of PostgreSQL, H2 or MariaDB"
                        + (product.equalsIgnoreCase("MySQL")
                                ? ". If it is MariaDB, connect with MariaDB's own driver, and without useMysqlMetadata"
                                : ""));
    }
}
