package dev.respite.torture.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;
import org.h2.api.ErrorCode;

/** Creates a worker's connection pool. */
public final class ConnectionPool {

    /** Fewer than the requests of a flood, so that some requests wait for a connection. */
    private static final int CONNECTIONS = 8;

    private static final long CONNECTION_MILLIS = 2_000;

    private ConnectionPool() {}

    /** Returns a pool of a JDBC URL, which opens no connection before one is needed. */
    public static HikariDataSource of(String url) {
        return of(url, true);
    }

    /** Returns a pool of a JDBC URL, whose connections have auto-commit on or off. */
    public static HikariDataSource of(String url, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setAutoCommit(autoCommit);
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setInitializationFailTimeout(-1);
        // Otherwise the pool reads the level from its first connection. If that one breaks at this moment, the pool
        // rejects
        // every other connection.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setExceptionOverride(new EvictBrokenH2Connections());
        return new HikariDataSource(config);
    }

    /**
     * Evicts connections that H2 reports as broken. The pool does not know H2's error codes, and would hand out a broken
     * connection again.
     */
    private static final class EvictBrokenH2Connections implements SQLExceptionOverride {

        private static final Set<Integer> BROKEN =
                Set.of(ErrorCode.CONNECTION_BROKEN_1, ErrorCode.DATABASE_IS_CLOSED, ErrorCode.OBJECT_CLOSED);

        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return BROKEN.contains(failure.getErrorCode()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
