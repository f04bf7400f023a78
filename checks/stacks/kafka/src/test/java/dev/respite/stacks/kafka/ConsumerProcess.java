package dev.respite.stacks.kafka;

import com.example.Inbox;
import com.example.Received;
import com.example.RecordHandler;
import com.example.RecordLoop;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.JacksonData;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A consumer in a process of its own, which also runs the durable calls of its group. Its handler fails now and then. */
final class ConsumerProcess {

    /** The key whose record with the number {@link #POISON_NUMBER} cannot be handled before the repair. */
    static final String POISON_KEY = "key-1";

    static final int POISON_NUMBER = 2;

    private static final Duration WORK = Duration.ofMillis(3);
    private static final int FAILURES_IN_PERCENT = 10;

    private ConsumerProcess() {}

    /** Starts a process, which appends the result of each record to the log. */
    static Process start(String brokers, String url, String group, Path log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConsumerProcess.class.getName(),
                        brokers,
                        url,
                        group,
                        log.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(Path.of(log + ".out").toFile()))
                .start();
    }

    public static void main(String[] arguments) throws Exception {
        String group = arguments[2];
        Path log = Path.of(arguments[3]);
        HikariConfig config = new HikariConfig();
        // The transaction of a frozen consumer ends, and with it its lock of the position.
        config.setJdbcUrl(arguments[1] + "&options=-c%20idle_in_transaction_session_timeout=1000");
        config.setMaximumPoolSize(10);
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            String process = log.getFileName().toString();
            RecordHandler handler = (connection, record, key) -> handle(dataSource, connection, record, key, process);
            DurableTask<Received> task = DurableTask.of("record/" + group, JacksonData.of(Received.class));
            Retry retry = Retry.of(
                    RetryPolicy.parse(
                            "max-attempts=unlimited base-delay=20ms max-delay=200ms total-timeout=1h budget=off acknowledge=no-budget"));
            DurableRetry durable = DurableRetry.builder(dataSource)
                    .threads(5)
                    .pollInterval(Duration.ofMillis(50))
                    .heartbeat(Duration.ofMillis(250))
                    .effect(
                            task,
                            retry,
                            (connection, record, context) -> handler.handle(connection, record, context.key()))
                    .build();
            durable.start();
            Inbox inbox = new Inbox(dataSource, durable, task, handler);
            Map<String, Object> settings = new HashMap<>();
            settings.put("bootstrap.servers", arguments[0]);
            settings.put("group.id", group);
            settings.put("client.id", process);
            settings.put("session.timeout.ms", 1500);
            settings.put("heartbeat.interval.ms", 300);
            // Several polls for each partition.
            settings.put("max.poll.records", 50);
            settings.put("interceptor.classes", ConsumerLog.Polls.class.getName());
            settings.put(ConsumerLog.Polls.FILE, log.toString());
            new RecordLoop(
                            settings,
                            "orders",
                            inbox,
                            (record, result) -> ConsumerLog.append(log, result + " " + record.value()))
                    .run();
        }
    }

    private static void handle(
            DataSource otherSystem, Connection connection, Received record, String key, String process)
            throws Exception {
        int number = Integer.parseInt(record.value().substring(record.value().indexOf(' ') + 1));
        if (POISON_KEY.equals(record.key()) && number == POISON_NUMBER && !isRepaired(connection)) {
            throw new IllegalStateException("not handled before the repair");
        }
        try (Connection other = otherSystem.getConnection();
                PreparedStatement request = other.prepareStatement("INSERT INTO other_system VALUES (?, 1)"
                        + " ON CONFLICT (key) DO UPDATE SET requests = other_system.requests + 1")) {
            request.setString(1, key);
            request.executeUpdate();
        }
        try (PreparedStatement effect = connection.prepareStatement(
                "INSERT INTO ledger (consumer_group, record_key, number, process) VALUES (?, ?, ?, ?)")) {
            effect.setString(1, record.group());
            effect.setString(2, record.value().substring(0, record.value().indexOf(' ')));
            effect.setInt(3, number);
            effect.setString(4, process);
            effect.executeUpdate();
        }
        LockSupport.parkNanos(WORK.toNanos());
        if (ThreadLocalRandom.current().nextInt(100) < FAILURES_IN_PERCENT) {
            throw new ConnectException("after the effect");
        }
    }

    private static boolean isRepaired(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM repaired");
                ResultSet row = query.executeQuery()) {
            return row.next();
        }
    }
}
