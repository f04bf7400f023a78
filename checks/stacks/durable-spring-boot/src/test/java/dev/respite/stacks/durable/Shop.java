package dev.respite.stacks.durable;

import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableTask;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hibernate.Session;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** A shop whose effects fail at their first attempt, after they were made. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan
@Import({Shop.Orders.class, Shop.Receipts.class, Shop.Mailer.class})
class Shop {

    static final DurableTask<String> BOOKING = DurableTask.of("booking", DataCodec.text());
    static final DurableTask<String> RECEIPT = DurableTask.of("receipt", DataCodec.text());
    static final DurableTask<String> SWALLOWED = DurableTask.of("swallowed", DataCodec.text());
    static final DurableTask<String> COMMITTED = DurableTask.of("committed", DataCodec.text());
    static final DurableTask<String> CLEARED = DurableTask.of("cleared", DataCodec.text());
    static final DurableTask<String> MAIL = DurableTask.of("mail", DataCodec.text());
    static final DurableTask<String> LOST = DurableTask.of("lost", DataCodec.text());

    @Bean
    DurableRetryCustomizer effects(Retries retries, JdbcTemplate jdbc, Receipts receipts) {
        return durable -> durable.effect(BOOKING, retries.get("payments"), (connection, item, context) -> {
                    jdbc.update("INSERT INTO booking VALUES (?)", item);
                    if (context.attempt().number() == 1) {
                        throw new ConnectException("after the update");
                    }
                })
                .effect(RECEIPT, retries.get("payments"), (connection, item, context) -> {
                    receipts.write(item);
                    if (context.attempt().number() == 1) {
                        throw new ConnectException("after the update");
                    }
                })
                .effect(SWALLOWED, retries.get("payments"), (connection, item, context) -> {
                    jdbc.update("INSERT INTO booking VALUES (?)", item);
                    try {
                        receipts.fail();
                    } catch (IllegalStateException swallowed) {
                        // The transaction is marked as rollback-only.
                    }
                })
                .effect(COMMITTED, retries.get("payments"), (connection, way, context) -> {
                    jdbc.update("INSERT INTO booking VALUES (?)", way);
                    switch (way) {
                        case "statement" -> jdbc.execute("COMMIT");
                        case "connection" -> jdbc.execute((ConnectionCallback<Boolean>) Shop::commit);
                        default -> receipts.commit();
                    }
                    throw new ConnectException("after the commit");
                });
    }

    @Bean
    DurableRetryCustomizer clearing(Retries retries, Receipts receipts) {
        return durable ->
                durable.effect(CLEARED, retries.get("payments"), (connection, item, context) -> receipts.clear(item));
    }

    private static boolean commit(Connection connection) throws SQLException {
        connection.commit();
        return true;
    }

    @Bean
    DurableRetryCustomizer mails(Retries retries, Mailer mailer) {
        return durable -> durable.task(MAIL, retries.get("payments"), (item, context) -> mailer.send(item))
                .task(LOST, retries.get("payments"), (item, context) -> {
                    throw new IllegalArgumentException("never");
                });
    }

    /** Enqueues in transactions. */
    @Service
    static class Orders {

        private final JdbcTemplate jdbc;
        private final DurableCalls calls;

        Orders(JdbcTemplate jdbc, DurableCalls calls) {
            this.jdbc = jdbc;
            this.calls = calls;
        }

        @Transactional
        public void order(String item, boolean fails) {
            jdbc.update("INSERT INTO orders VALUES (?)", item);
            calls.enqueue(MAIL, item);
            if (fails) {
                throw new IllegalStateException("rolled back");
            }
        }
    }

    /** A row of JPA. */
    @Entity(name = "receipt")
    static class Receipt {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String item;
    }

    /** Writes with JPA if the application has it. */
    @Service
    static class Receipts {

        private final ObjectProvider<EntityManager> entities;
        private final JdbcTemplate jdbc;

        Receipts(ObjectProvider<EntityManager> entities, JdbcTemplate jdbc) {
            this.entities = entities;
            this.jdbc = jdbc;
        }

        @Transactional
        public void write(String item) {
            EntityManager manager = entities.getIfAvailable();
            if (manager == null) {
                jdbc.update("INSERT INTO receipt (item) VALUES (?)", item);
                return;
            }
            Receipt receipt = new Receipt();
            receipt.item = item;
            manager.persist(receipt);
        }

        /** Hibernate sends the change when the transaction commits, and the database rejects it. */
        @Transactional
        public void clear(String item) {
            entities.getObject()
                    .createQuery("FROM receipt WHERE item = :item", Receipt.class)
                    .setParameter("item", item)
                    .getSingleResult()
                    .item = null;
        }

        @Transactional
        public void commit() {
            entities.getObject().unwrap(Session.class).doWork(Shop::commit);
        }

        @Transactional
        public void fail() {
            throw new IllegalStateException("marks the transaction");
        }
    }

    /** Sends until it is destroyed. */
    @Component
    static class Mailer implements DisposableBean {

        final List<String> sent = new CopyOnWriteArrayList<>();
        final CountDownLatch slowStarted = new CountDownLatch(1);
        final CountDownLatch slowMayEnd = new CountDownLatch(1);
        private final AtomicBoolean destroyed = new AtomicBoolean();

        void send(String item) throws InterruptedException {
            if (item.equals("slow")) {
                slowStarted.countDown();
                slowMayEnd.await();
            }
            sent.add(destroyed.get() ? "too late: " + item : item);
        }

        @Override
        public void destroy() {
            destroyed.set(true);
        }
    }
}
