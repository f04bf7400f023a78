package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.spring.boot.setup.SpringTransactions;
import java.sql.Connection;
import java.util.Objects;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Enqueues durable calls in the transaction of Spring that is current: a call is made if that commits, and never existed if it
 * is rolled back. Without a transaction, a call is enqueued at once. Safe for use by any number of threads.
 *
 * <pre>{@code
 * @Transactional
 * void order(Order order) {
 *     orders.save(order);
 *     calls.enqueue(PAYMENT, order.id());
 * }
 * }</pre>
 */
public final class DurableCalls {

    private final DurableStore store;
    private final RunningRetry running;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate own;

    DurableCalls(DurableStore store, RunningRetry running) {
        this.store = store;
        this.running = running;
        this.jdbc = new JdbcTemplate(store.dataSource());
        this.own = new TransactionTemplate(new JdbcTransactionManager(store.dataSource()));
        this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /**
     * Enqueues a call that is due now.
     *
     * @param task the task
     * @param data the data
     * @param <T> the type of the data
     * @return the id of the call
     * @throws IllegalStateException if the current transaction is not of the database of the calls
     * @throws org.springframework.dao.DataAccessException if the database has failed
     */
    public <T> String enqueue(DurableTask<T> task, T data) {
        return enqueue(task, data, EnqueueOptions.defaults());
    }

    /**
     * Enqueues a call.
     *
     * @param task the task
     * @param data the data
     * @param options id, key and time
     * @param <T> the type of the data
     * @return the id of the call
     * @throws IllegalStateException if the current transaction is not of the database of the calls
     * @throws org.springframework.dao.DuplicateKeyException if the task has a call with this id that has not ended
     * @throws org.springframework.dao.DataAccessException if the database has failed
     */
    public <T> String enqueue(DurableTask<T> task, T data, EnqueueOptions options) {
        return joined(task, connection -> queue().enqueue(connection, task, data, options));
    }

    /**
     * Enqueues a call, unless its task has one with this id that has not ended. The transaction can go on in both cases.
     *
     * @param task the task
     * @param data the data
     * @param options the id, and key, time and sequence
     * @param <T> the type of the data
     * @return whether the call was added
     * @throws IllegalArgumentException if the options have no id, the call with this id has other data, or the data is longer than
     *     the task allows
     * @throws IllegalStateException if the current transaction is not of the database of the calls
     * @throws org.springframework.dao.DataAccessException if the database has failed
     */
    public <T> boolean enqueueIfAbsent(DurableTask<T> task, T data, EnqueueOptions options) {
        return joined(task, connection -> queue().enqueueIfAbsent(connection, task, data, options));
    }

    /** By the clock of the instance that runs calls, so that a call that is due now is due for it too. */
    private TaskQueue queue() {
        return running.get().map(DurableRetry::queue).orElseGet(store::queue);
    }

    /** Runs an insertion in the current transaction, or in one of its own. */
    private <R> R joined(DurableTask<?> task, ConnectionCallback<R> insertion) {
        // Without a synchronization the transaction has ended, and calls a listener for that: it commits nothing more.
        if (TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive()) {
            return insert(task, insertion);
        }
        return Objects.requireNonNull(own.execute(status -> insert(task, insertion)));
    }

    private <R> R insert(DurableTask<?> task, ConnectionCallback<R> insertion) {
        Connection joined = SpringTransactions.connection(
                store.dataSource(),
                "the current transaction is not of the data source " + store.dataSource()
                        + ", so the call of task '" + task.name()
                        + "' would not be rolled back with it: use the transaction manager of this data source");
        DataSourceUtils.releaseConnection(joined, store.dataSource());
        // By the template, which gets the same connection and translates exceptions.
        R result = jdbc.execute(insertion);
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new Joined());
        }
        return Objects.requireNonNull(result);
    }

    /** The end of a transaction in which a call was enqueued. */
    private final class Joined implements TransactionSynchronization {

        private boolean isInTime;

        @Override
        public void beforeCompletion() {
            isInTime = true;
        }

        @Override
        public void afterCommit() {
            isInTime = true;
            running.wake();
        }

        /** A call that a callback enqueued after the commit is committed by nobody: many pools roll it back. */
        @Override
        public void afterCompletion(int status) {
            if (!isInTime && status == STATUS_COMMITTED) {
                jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    connection.commit();
                    return true;
                });
                running.wake();
            }
        }
    }
}
