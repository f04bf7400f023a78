package dev.respite.durable.http;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableStats;
import dev.respite.durable.DurableTask;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.h2.jdbcx.JdbcDataSource;

/** A store with one order, and a server that counts the requests it receives. */
final class OutboundFixture implements AutoCloseable {

    static final String POLICY = "max-attempts=4 base-delay=1ms max-delay=5ms budget=off total-timeout=1d";

    final JdbcDataSource dataSource = new JdbcDataSource();
    final ExecutorService threads = Executors.newCachedThreadPool();
    final List<Received> received = new CopyOnWriteArrayList<>();
    final HttpServer server;
    volatile Behaviour behaviour;
    TimeSource time = TimeSource.system();
    final OutboundHttp http;

    record Received(String method, List<String> key, List<String> attempt, List<String> secret, String body) {}

    @FunctionalInterface
    interface Behaviour {
        void respond(int request, HttpExchange exchange) throws IOException;
    }

    OutboundFixture() throws Exception {
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        execute("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
        execute("CREATE TABLE orders (state varchar(100), updates integer)");
        execute("INSERT INTO orders VALUES ('open', 0)");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            received.add(new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestHeaders().getOrDefault("Idempotency-Key", List.of()),
                    exchange.getRequestHeaders().getOrDefault("Respite-Attempt", List.of()),
                    exchange.getRequestHeaders().getOrDefault("Authorization", List.of()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            behaviour.respond(received.size(), exchange);
        });
        server.start();
        http = OutboundHttp.of(IdempotencyKeys.supportedBy(place("/")));
    }

    @Override
    public void close() throws Exception {
        server.stop(0);
        threads.shutdownNow();
        execute("SHUTDOWN");
    }

    URI place(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Returns a place of the same server at an origin that {@link #http} does not declare. */
    URI foreign(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String order() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT state, updates FROM orders")) {
            row.next();
            return row.getString(1) + ", " + row.getInt(2);
        }
    }

    static void update(Connection connection, OutboundResponse response) throws SQLException {
        try (var statement = connection.prepareStatement("UPDATE orders SET state = ?, updates = updates + 1")) {
            statement.setString(1, response.status() + " " + response.text());
            statement.executeUpdate();
        }
    }

    /** Enqueues a charge, runs it to its end, and returns the dead letters. */
    List<DeadLetter> charge(UnaryOperator<OutboundHttp> with) throws Exception {
        return run(with, POLICY, OutboundRequest.post(place("/charges"), "application/json", "{\"order\":17}"));
    }

    List<DeadLetter> run(UnaryOperator<OutboundHttp> with, String policy, OutboundRequest request) throws Exception {
        OutboundHttp call = with.apply(http);
        DurableTask<OutboundRequest> task = call.task("charge");
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .time(time)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(policy)),
                        call,
                        (connection, sent, response, context) -> update(connection, response))
                .build()) {
            durable.start();
            durable.queue().enqueue(task, request);
            await().pollInterval(Duration.ofMillis(5)).until(() -> {
                // One reading: a call that moves between two would be in neither.
                DurableStats stats = durable.stats();
                return stats.running() + stats.due() + stats.scheduled() == 0;
            });
        }
        return DeadLetters.of(dataSource).list(DeadLetter.Filter.all());
    }
}
