package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dialect of a store's database. It is determined and checked on the first available connection: when the store is
 * created, or else at its first use. A rejected database is checked again at the next use.
 *
 * <p>Safe for use by any number of threads; concurrent first uses determine the same dialect.
 */
final class DetectedDialect {

    private static final List<Dialect> DIALECTS = List.of(new PostgreSql(), new H2(), new MariaDb());

    private volatile @Nullable RecordQueries records;

    /**
     * Returns the queries in the dialect of the database, which is determined on this connection if it is not known yet.
     *
     * @throws UnfitDatabaseException if the database cannot store records in its current configuration
     */
    RecordQueries records(Connection connection) throws SQLException {
        RecordQueries known = records;
        if (known == null) {
            known = check(connection);
            records = known;
        }
        return known;
    }

    boolean isKnown() {
        return records != null;
    }

    /** Returns the queries; some query must have succeeded before. */
    RecordQueries records() {
        RecordQueries known = records;
        if (known == null) {
            throw new IllegalStateException("the dialect is not known yet: use records(connection) first");
        }
        return known;
    }

    private RecordQueries check(Connection connection) throws SQLException {
        Dialect dialect = dialect(connection.getMetaData().getDatabaseProductName());
        Optional<String> unsupportedReason = dialect.unsupportedReason(connection);
        if (unsupportedReason.isEmpty()) {
            unsupportedReason = Schema.missingObjects(dialect, connection);
        }
        reject(unsupportedReason);
        Tables tables = dialect.tables(connection);
        reject(Privileges.missing(dialect, tables, connection));
        reject(Schema.missingMark(tables, connection));
        return new RecordQueries(dialect, tables);
    }

    private static void reject(Optional<String> unsupportedReason) throws UnfitDatabaseException {
        if (unsupportedReason.isPresent()) {
            throw new UnfitDatabaseException(unsupportedReason.get());
        }
    }

    /** Returns the dialect of a database by the product name of its driver. */
    static Dialect dialect(String product) throws UnfitDatabaseException {
        for (Dialect dialect : DIALECTS) {
            if (product.equalsIgnoreCase(dialect.product())) {
                return dialect;
            }
        }
        throw new UnfitDatabaseException("the database is '" + product
                + "': use a DataSource of PostgreSQL, H2 or MariaDB"
                + (product.equalsIgnoreCase("MySQL")
                        ? ". If it is MariaDB, connect with MariaDB's own driver, and without useMysqlMetadata"
                        : ""));
    }
}
