package com.example;

import com.example.Inbox.Result;
import dev.respite.Retry;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.JacksonData;
import dev.respite.policy.RetryPolicy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Consumes the orders of two customers. The account of one of them cannot be reached at first. */
public final class Main {

    private static final String TOPIC = "orders";

    private Main() {}

    public static void main(String[] args) throws Exception {
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1, TOPIC);
        broker.afterPropertiesSet();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            DataSource dataSource = postgres.getPostgresDatabase();
            run(dataSource, script("/db/respite_durable/postgresql/V1_1__respite_durable.sql"));
            run(dataSource, script("/kafka_position.sql"));
            run(dataSource, "CREATE TABLE ledger (entry integer GENERATED ALWAYS AS IDENTITY, name text)");
            send(broker, "alice 1", "bob 1", "alice 2", "bob 2");
            consume(broker, dataSource);
        }
        broker.destroy();
    }

    private static void consume(EmbeddedKafkaKraftBroker broker, DataSource dataSource) throws Exception {
        AtomicBoolean isBobLocked = new AtomicBoolean(true);
        RecordHandler handler = (connection, order, key) -> {
            book(connection, order.value());
            if (isBobLocked.get() && order.key().equals("bob")) {
                throw new ConnectException("the account of bob cannot be reached");
            }
        };
        DurableTask<Received> task = DurableTask.of("order", JacksonData.of(Received.class));
        Retry retry =
                Retry.of(RetryPolicy.parse("max-attempts=unlimited base-delay=50ms max-delay=1h total-timeout=7d"));
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(50))
                .effect(task, retry, (connection, order, context) -> handler.handle(connection, order, context.key()))
                .build()) {
            durable.start();
            Inbox inbox = new Inbox(dataSource, durable, task, handler);
            List<Received> received = new ArrayList<>();
            Map<String, Object> settings = Map.of(
                    ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    broker.getBrokersAsString(),
                    ConsumerConfig.GROUP_ID_CONFIG,
                    "billing");
            try (RecordLoop loop = new RecordLoop(settings, TOPIC, inbox, (order, result) -> {
                print(order, result);
                received.add(order);
                if (received.size() == 4) {
                    isBobLocked.set(false);
                }
            })) {
                Thread consumer = new Thread(() -> {
                    try {
                        loop.run();
                    } catch (Exception failure) {
                        failure.printStackTrace();
                    }
                });
                consumer.start();
                while (consumer.isAlive() && ledger(dataSource).size() < 4) {
                    Thread.sleep(20);
                }
                loop.close();
                consumer.join();
            }
            System.out.println(ledger(dataSource));
            // Delivered again.
            print(received.get(0), inbox.accept(received.get(0)));
        }
    }

    private static void print(Received order, Result result) {
        System.out.println(order.value() + " " + result);
    }

    /** An effect in the database of the calls. */
    private static void book(Connection connection, String order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger (name) VALUES (?)")) {
            insert.setString(1, order);
            insert.executeUpdate();
        }
    }

    private static void send(EmbeddedKafkaKraftBroker broker, String... orders) {
        Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.getBrokersAsString());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (String order : orders) {
                producer.send(new ProducerRecord<>(TOPIC, order.substring(0, order.indexOf(' ')), order));
            }
        }
    }

    private static List<String> ledger(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT name FROM ledger ORDER BY entry")) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    private static String script(String path) throws Exception {
        try (InputStream in = Main.class.getResourceAsStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void run(DataSource dataSource, String script) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute(script);
        }
    }
}
