package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.jdbc.TransactionRunner;
import dev.respite.spring.boot.setup.SpringTransactions;
import java.sql.Connection;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the work of a request in a transaction of Spring, which {@code JdbcTemplate}, repositories and {@code @Transactional}
 * methods join.
 *
 * @param template begins and ends transactions
 * @param dataSource the data source of the records
 */
record SpringTransactionRunner(TransactionTemplate template, DataSource dataSource) implements TransactionRunner {

    @Override
    public boolean runInTransaction(Predicate<Connection> body) {
        return Boolean.TRUE.equals(template.execute(status -> {
            boolean commit = body.test(connection()) && !status.isRollbackOnly();
            if (!commit) {
                status.setRollbackOnly();
            }
            return commit;
        }));
    }

    /** The work must not run on a connection that the transaction does not commit. */
    private Connection connection() {
        return SpringTransactions.connection(
                dataSource,
                "the transaction manager " + template.getTransactionManager()
                        + " does not manage connections of the data source " + dataSource
                        + ", so record and effect are not in one transaction: make the transaction manager of this data"
                        + " source the primary one, or define a bean of the type TransactionRunner");
    }

    @Override
    public boolean isInTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }
}
