package dev.respite.jdbc;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.SqlState;
import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The transaction of one call; each attempt runs it as a whole. */
final class Transaction<T extends @Nullable Object, X extends Exception> {

    private final DataSource dataSource;
    private final TransactionRetry.Work<T, X> work;
    private final NestingGuard nesting;
    private final Runnable onUnknownCommit;

    Transaction(
            DataSource dataSource, TransactionRetry.Work<T, X> work, NestingGuard nesting, Runnable onUnknownCommit) {
        this.dataSource = dataSource;
        this.work = work;
        this.nesting = nesting;
        this.onUnknownCommit = onUnknownCommit;
    }

    /** Runs the transaction; holds nothing afterwards. */
    T attempt() throws SQLException, X {
        try (LocalTransaction transaction = LocalTransaction.begin(dataSource)) {
            T result = nesting.run(work, transaction.connection());
            commit(transaction);
            return result;
        }
    }

    private void commit(LocalTransaction transaction) throws SQLException {
        try {
            transaction.commit();
        } catch (Throwable failure) {
            if (!provesRollback(failure)) {
                onUnknownCommit.run();
            }
            throw failure;
        }
    }

    private static boolean provesRollback(Throwable failure) {
        List<FailureFact> states = FactReader.readChain(failure).stream()
                .filter(SqlState.class::isInstance)
                .toList();
        return !states.isEmpty() && states.stream().allMatch(state -> ((SqlState) state).provesRollback());
    }
}
