package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The limits of statements that no handler runs. A connection that has frozen holds the locks of its rows until the database
 * notices; no thread that serves other calls waits for that.
 */
final class BackgroundWrites {

    /** The database may be unreachable for a moment. A write that still fails is found by the missing heartbeat. */
    static final Retry RETRY = Retry.withoutWarnings(
                    RetryPolicy.parse("max-attempts=8 base-delay=20ms max-delay=2s total-timeout=20s budget=off"
                            + " nested=retry retry-on=sqlstate:57014"),
                    TimeSource.system())
            .withName("durable-writes");

    private static final int MAX_WAIT_SECONDS = 2;

    private BackgroundWrites() {}

    /** Returns a connection whose writes wait at most two seconds for a lock. H2 has a limit of its own. */
    static Connection limited(Connection connection, DurableDialect dialect) {
        return switch (dialect) {
            case H2 -> connection;
            // The driver cancels the statement. A limit of the server would cost a statement of its own each time.
            case POSTGRESQL -> limited(connection, new Limit("", MAX_WAIT_SECONDS));
            case MARIADB ->
                limited(
                        connection,
                        new Limit("SET STATEMENT innodb_lock_wait_timeout = " + MAX_WAIT_SECONDS + " FOR ", 0));
        };
    }

    /**
     * The limit of a statement.
     *
     * @param prefix precedes the statement
     * @param timeoutSeconds the time after which the driver cancels it; 0 for never
     */
    private record Limit(String prefix, int timeoutSeconds) {}

    /** Returns the end of a message about a statement that has waited for a lock; empty text if it has failed otherwise. */
    static String reason(SQLException failure) {
        // A cancelled statement of PostgreSQL; the timeouts of H2 and of MariaDB.
        boolean isLocked = "57014".equals(failure.getSQLState())
                || "HYT00".equals(failure.getSQLState())
                || failure.getErrorCode() == 1205;
        return isLocked ? ": another transaction has locked the row; repeat it when that has ended" : "";
    }

    /** Returns a data source whose connections are replaced. */
    static DataSource connections(DataSource dataSource, UnaryOperator<Connection> replacement) {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = invoke(dataSource, method, arguments);
            return result instanceof Connection connection ? replacement.apply(connection) : result;
        });
    }

    private static Connection limited(Connection connection, Limit limit) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("prepareStatement") || !waits((String) arguments[0])) {
                return invoke(connection, method, arguments);
            }
            arguments[0] = limit.prefix + arguments[0];
            Object result = invoke(connection, method, arguments);
            if (limit.timeoutSeconds > 0 && result instanceof PreparedStatement statement) {
                statement.setQueryTimeout(limit.timeoutSeconds);
            }
            return result;
        });
    }

    /** Returns whether a statement may wait for a lock. A query that locks no rows has no limit of time. */
    private static boolean waits(String sql) {
        boolean isQuery = isStart("SELECT", sql) || isStart("(SELECT", sql);
        return !isQuery || sql.toUpperCase(Locale.ROOT).contains(" FOR ");
    }

    private static boolean isStart(String start, String sql) {
        return sql.regionMatches(true, 0, start, 0, start.length());
    }

    /** Calls a method, and throws its own exception. */
    static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(BackgroundWrites.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
