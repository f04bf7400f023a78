package com.example;

import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.policy.RetryPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;

/** Stores an order, calls the payment provider until it answers, and updates the order exactly once. */
public final class Main {

    private static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());

    private Main() {}

    public static void main(String[] args) throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        // With a server in its place, the calls go on when this process is killed and started again.
        dataSource.setURL("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
            sql.execute("CREATE TABLE orders (id varchar(20) PRIMARY KEY, state varchar(20), payments integer)");
        }

        Provider provider = new Provider();
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=20 base-delay=50ms max-delay=1h total-timeout=7d"));
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(50))
                .effect(PAYMENT, retry, (connection, order, context) -> {
                    System.out.println("attempt " + context.attempt().number());
                    // Outside of the database: once by its key. The update: once by the transaction.
                    provider.pay(order, context.key());
                    try (PreparedStatement update = connection.prepareStatement(
                            "UPDATE orders SET state = 'paid', payments = payments + 1 WHERE id = ?")) {
                        update.setString(1, order);
                        update.executeUpdate();
                    }
                })
                .build()) {
            durable.start();
            order(dataSource, durable, "order-17");
            while (!state(dataSource, "order-17").startsWith("paid")) {
                Thread.sleep(20);
            }
        }
        System.out.println(state(dataSource, "order-17"));
        System.out.println(provider.payments() + " payment at the provider");
    }

    /** The order and its payment are one transaction: neither exists without the other. */
    private static void order(JdbcDataSource dataSource, DurableRetry durable, String id) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, 'open', 0)")) {
                insert.setString(1, id);
                insert.executeUpdate();
            }
            durable.queue()
                    .enqueue(connection, PAYMENT, id, EnqueueOptions.defaults().withId(id));
            connection.commit();
        }
    }

    private static String state(JdbcDataSource dataSource, String id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT * FROM orders WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString("state") + ", " + row.getInt("payments") + " update";
            }
        }
    }
}
