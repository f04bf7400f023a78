package dev.respite.jdbc;

import static java.lang.System.Logger.Level.WARNING;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reports or refuses calls inside an active transaction: of the same object on this thread, or of Spring. */
final class NestingGuard {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final String name;
    private final boolean isRefusing;
    private final AtomicBoolean logged;

    /** Set while work runs on the thread. */
    private final ThreadLocal<@Nullable Boolean> inWork;

    private NestingGuard(String name, boolean isRefusing, AtomicBoolean logged, ThreadLocal<@Nullable Boolean> inWork) {
        this.name = name;
        this.isRefusing = isRefusing;
        this.logged = logged;
        this.inWork = inWork;
    }

    /** A guard that logs the first call inside a transaction. */
    static NestingGuard logging(String name) {
        return new NestingGuard(name, false, new AtomicBoolean(), new ThreadLocal<>());
    }

    /** The same for calls that are refused. */
    NestingGuard refusing() {
        return new NestingGuard(name, true, logged, inWork);
    }

    /** A call of a data source begins on this thread. */
    void check(DataSource dataSource) {
        if (inWork.get() != null) {
            report("the work of another call of the same TransactionRetry. It makes a transaction of its own, on a"
                    + " second connection: it does not see what the outer one has written, may wait for its locks"
                    + " for ever, and stays committed if the outer one is rolled back. Pass the connection of the"
                    + " outer call on instead");
        } else if (SpringTransaction.isActive(dataSource)) {
            report("an active transaction of Spring. It makes a transaction of its own, on a second connection, or"
                    + " fails if the DataSource returns the connection of Spring. Use RetryingTransactions"
                    + " or @Respite of respite-spring, or call it outside");
        }
    }

    private void report(String where) {
        String problem = "a transaction under the retry '" + name + "' begins inside " + where;
        if (isRefusing) {
            throw new IllegalStateException(problem);
        }
        if (logged.compareAndSet(false, true)) {
            LOGGER.log(WARNING, () -> problem + ". Not logged again.");
        }
    }

    /** Runs work of a transaction. */
    <T extends @Nullable Object, X extends Exception> T run(TransactionRetry.Work<T, X> work, Connection connection)
            throws SQLException, X {
        @Nullable Boolean before = inWork.get();
        inWork.set(true);
        try {
            return work.run(connection);
        } finally {
            if (before == null) {
                inWork.remove();
            }
        }
    }
}
