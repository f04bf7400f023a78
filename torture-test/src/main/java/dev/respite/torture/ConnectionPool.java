package dev.respite.torture;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;

/** A worker's connections to a database. */
final class ConnectionPool {

    /** No more than the requests of a flood, so that some of them have to wait for a connection. */
    private static final int CONNECTIONS = 8;

    private static final long CONNECTION_MILLIS = 2_000;

    private ConnectionPool() {}

    static DataSource of(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setInitializationFailTimeout(-1);
        // Asked of the first connection otherwise; if that breaks just then, no other is ever good enough.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setExceptionOverride(new BrokenToo());
        return new HikariDataSource(config);
    }

    /** What H2 calls a broken connection; the pool does not know, and would give it to one request after the other. */
    private static final class BrokenToo implements SQLExceptionOverride {

        private static final Set<Integer> BROKEN =
                Set.of(ErrorCode.CONNECTION_BROKEN_1, ErrorCode.DATABASE_IS_CLOSED, ErrorCode.OBJECT_CLOSED);

        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return BROKEN.contains(failure.getErrorCode()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
