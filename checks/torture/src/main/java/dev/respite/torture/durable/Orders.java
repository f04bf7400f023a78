package dev.respite.torture.durable;

import com.sun.net.httpserver.HttpExchange;
import dev.respite.durable.DurableTables;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Accepts orders by HTTP: the row of an order and its calls are inserted in one transaction.
 *
 * @param dataSource the database
 * @param queue the queue of the same database
 * @param deployment the deployment of the worker
 * @param sequences whether calls have their turn in their sequence
 * @param breakpoints the breakpoints
 */
record Orders(
        DataSource dataSource, TaskQueue queue, Deployment deployment, boolean sequences, Breakpoints breakpoints) {

    /** The order is accepted, now or by an earlier request. */
    static final int ACCEPTED = 201;

    /** The transaction was rolled back, as the order requires. */
    static final int ROLLED_BACK = 204;

    /** The order uses an id again whose call has not ended, or its sequence is long. It is not sent again, so that the load goes on. */
    private static final int REJECTED = 409;

    /** Sequences are slow, and would leave no room for other calls. */
    private static final int MAX_WAITING = 6;

    private static final int UNAVAILABLE = 503;

    static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (number integer NOT NULL PRIMARY KEY)");
            statement.execute("CREATE TABLE given_up (number integer NOT NULL)");
        }
        Turns.createTables(connection);
    }

    /** Serves a request. After a failure the client sends the order again. */
    void accept(HttpExchange exchange) throws IOException {
        DurableOrder order =
                DurableOrder.of(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        int status;
        try {
            status = accept(order);
        } catch (SQLException failure) {
            status = UNAVAILABLE;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** The pool rolls back a transaction that is not committed. */
    private int accept(DurableOrder order) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (isAccepted(connection, order.number())) {
                return ACCEPTED;
            }
            if (order.kind() == DurableOrder.Kind.REUSED && isWaiting(connection, order)) {
                return REJECTED;
            }
            if (order.kind() == DurableOrder.Kind.SEQUENCED && Turns.waiting(connection, order) >= MAX_WAITING) {
                return REJECTED;
            }
            connection.setAutoCommit(false);
            insert(connection, order);
            breakpoints.reach(Step.BEFORE_ENQUEUE_COMMIT);
            if (order.rolledBack()) {
                connection.rollback();
                return ROLLED_BACK;
            }
            connection.commit();
            breakpoints.reach(Step.AFTER_ENQUEUE_COMMIT);
            return ACCEPTED;
        }
    }

    private void insert(Connection connection, DurableOrder order) throws SQLException {
        Sql.update(connection, "INSERT INTO orders VALUES (?)", order.number());
        DurableTask<DurableOrder> task = deployment.task(order.kind().task());
        EnqueueOptions options = EnqueueOptions.defaults().withKey(order.newKey());
        if (order.kind() == DurableOrder.Kind.SEQUENCED) {
            Turns.enqueued(connection, order);
            options = sequences ? options.withSequence("sequence " + order.sequence()) : options;
        }
        for (int call = 0; call < order.calls(); call++) {
            String unused = queue.enqueue(connection, task, order, options.withId(order.id(call)));
        }
    }

    private static boolean isWaiting(Connection connection, DurableOrder order) throws SQLException {
        String waiting = "SELECT version FROM " + DurableTables.defaults().tasks()
                + " WHERE task_name = ? AND task_instance = ?";
        return Sql.read(connection, waiting, row -> {}, order.kind().task(), order.id(0)) > 0;
    }

    private static boolean isAccepted(Connection connection, int number) throws SQLException {
        return Sql.read(connection, "SELECT number FROM orders WHERE number = ?", row -> {}, number) > 0;
    }
}
