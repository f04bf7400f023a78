package com.example;

import dev.respite.Retry;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.durable.http.OutboundHttp;
import dev.respite.durable.http.OutboundRequest;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;

/** Stores an order, calls the payment provider until it responds, and updates the order exactly once. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        // With a server in its place, the calls go on when this process is killed and started again.
        dataSource.setURL("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
            sql.execute("CREATE TABLE orders (id varchar(20) PRIMARY KEY, state varchar(60), updates integer)");
        }

        Retry retry =
                Retry.of(RetryPolicy.parse("max-attempts=unlimited base-delay=50ms max-delay=1h total-timeout=7d"));
        try (Provider provider = new Provider()) {
            OutboundHttp http = OutboundHttp.of(IdempotencyKeys.supportedBy(provider.payments()))
                    // The place for credentials, which are not stored.
                    .withOrigin(
                            provider.payments(),
                            (sent, stored, context) -> System.out.println(
                                    "attempt " + context.attempt().number()));
            DurableTask<OutboundRequest> payment = http.task("payment");
            try (DurableRetry durable = DurableRetry.builder(dataSource)
                    .pollInterval(Duration.ofMillis(50))
                    .call(
                            payment,
                            retry,
                            http,
                            (connection, request, response, context) -> paid(connection, context.id(), response.text()))
                    .build()) {
                durable.start();
                order(dataSource, durable.queue(), payment, provider, "order-17");
                while (state(dataSource, "order-17").startsWith("open")) {
                    Thread.sleep(20);
                }
            }
            System.out.println(state(dataSource, "order-17"));
            System.out.println(provider.count() + " payment at the provider");
        }
    }

    /** The order and its payment are one transaction: neither exists without the other. */
    private static void order(
            JdbcDataSource dataSource,
            TaskQueue queue,
            DurableTask<OutboundRequest> payment,
            Provider provider,
            String id)
            throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, 'open', 0)")) {
                insert.setString(1, id);
                insert.executeUpdate();
            }
            OutboundRequest request = OutboundRequest.post(provider.payments(), "text/plain", id);
            queue.enqueue(
                    connection, payment, request, EnqueueOptions.defaults().withId(id));
            connection.commit();
        }
    }

    /** In the transaction that ends the call: once, whatever happens to the process. */
    private static void paid(Connection connection, String id, String receipt) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE orders SET state = ?, updates = updates + 1 WHERE id = ?")) {
            update.setString(1, "paid, " + receipt);
            update.setString(2, id);
            update.executeUpdate();
        }
    }

    private static String state(JdbcDataSource dataSource, String id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT * FROM orders WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString("state") + ", " + row.getInt("updates") + " update";
            }
        }
    }
}
