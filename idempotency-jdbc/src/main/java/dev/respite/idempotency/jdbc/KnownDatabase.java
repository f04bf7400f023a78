package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of its database. It is found out and checked on the first connection that can be had: when the store is
 * made, or else at its first use. A database that was refused is checked again at the next use.
 *
 * <p>Safe for use by any number of threads: two that come first at once find out the same.
 */
final class KnownDatabase {

    private final OptionalLong mostPerScope;
    private volatile @Nullable Records records;

    KnownDatabase() {
        this(OptionalLong.empty(), null);
    }

    private KnownDatabase(OptionalLong mostPerScope, @Nullable Records records) {
        this.mostPerScope = mostPerScope;
        this.records = records;
    }

    /** The same database, with a limit to the records of one scope. */
    KnownDatabase withMostPerScope(OptionalLong most) {
        Records known = records;
        return new KnownDatabase(most, known == null ? null : new Records(known.dialect(), most));
    }

    /**
     * The questions in its dialect, which is found out on this connection if it is not known yet.
     *
     * @throws UnfitDatabaseException if records cannot be kept there as it is
     */
    Records records(Connection connection) throws SQLException {
        Records known = records;
        if (known == null) {
            known = new Records(check(connection), mostPerScope);
            records = known;
        }
        return known;
    }

    boolean isKnown() {
        return records != null;
    }

    /** The same for whoever has had an answer from the database. */
    Records records() {
        Records known = records;
        if (known == null) {
            throw new IllegalStateException("the database has not been asked for anything yet");
        }
        return known;
    }

    private static Dialect check(Connection connection) throws SQLException {
        Dialect dialect = Dialect.of(connection.getMetaData().getDatabaseProductName());
        Optional<String> flaw = dialect.flaw(connection);
        if (flaw.isEmpty()) {
            flaw = Schema.flaw(dialect, connection);
        }
        if (flaw.isPresent()) {
            throw new UnfitDatabaseException(flaw.get());
        }
        return dialect;
    }
}
