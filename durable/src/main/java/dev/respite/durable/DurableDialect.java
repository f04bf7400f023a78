package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A supported database, with db-scheduler's way to bind times and bytes. */
enum DurableDialect {
    POSTGRESQL {
        @Override
        JdbcCustomization customization() {
            return new PostgreSqlJdbcCustomization(false, false);
        }

        @Override
        String againstRemoval() {
            return " FOR KEY SHARE";
        }
    },
    H2 {
        @Override
        JdbcCustomization customization() {
            return new DefaultJdbcCustomization(false);
        }
    },
    MARIADB {
        @Override
        JdbcCustomization customization() {
            return new MariaDBJdbcCustomization(true);
        }
    };

    abstract JdbcCustomization customization();

    /** Ends a query so that its rows are not removed before the end of the transaction; heartbeats go on where that can be. */
    String againstRemoval() {
        return " FOR UPDATE";
    }

    /**
     * Determines the database and checks its tables.
     *
     * @throws IllegalArgumentException if it is not supported, or lacks a table
     * @throws StoreException if it cannot be reached
     */
    static DurableDialect of(DataSource dataSource, DurableTables tables) {
        try (Connection connection = dataSource.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            for (DurableDialect dialect : values()) {
                if (product.equalsIgnoreCase(dialect.name())) {
                    dialect.check(connection, tables);
                    return dialect;
                }
            }
            throw new IllegalArgumentException(
                    "the database is '" + product + "': use a DataSource of PostgreSQL, H2 or MariaDB"
                            + (product.equalsIgnoreCase("MySQL")
                                    ? ". If it is MariaDB, connect with MariaDB's own driver, and without useMysqlMetadata"
                                    : ""));
        } catch (SQLException failure) {
            throw new StoreException("the database could not be reached", failure);
        }
    }

    private void check(Connection connection, DurableTables tables) {
        String file = "db/respite_durable/" + name().toLowerCase(Locale.ROOT) + "/V1_1__respite_durable.sql";
        for (String query : new String[] {
            "SELECT task_name, task_instance, task_data, execution_time, picked, picked_by, last_success, last_failure,"
                    + " consecutive_failures, last_heartbeat, version, call_sequence, sequence_position, waits_in_sequence FROM "
                    + tables.tasks() + " WHERE 1 = 0",
            "SELECT " + DeadLetterStatements.COLUMNS + " FROM " + tables.deadLetters() + " WHERE 1 = 0"
        }) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(query);
            } catch (SQLException missing) {
                if (!isOfTheStatement(missing)) {
                    throw new StoreException("the tables could not be checked", missing);
                }
                throw new IllegalArgumentException(
                        "the database lacks " + tables.tasks() + " or " + tables.deadLetters()
                                + ", or a column of them (" + missing.getMessage() + "): run " + file
                                + ", which is in the jar of respite-durable",
                        missing);
            }
        }
    }

    /** Class 42 is an error of the statement, and 90079 a schema that H2 does not have. A connection may break here too. */
    private static boolean isOfTheStatement(SQLException failure) {
        @Nullable String state = failure.getSQLState();
        return state != null && (state.startsWith("42") || state.equals("90079"));
    }
}
