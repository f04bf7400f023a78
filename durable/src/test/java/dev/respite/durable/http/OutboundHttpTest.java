package dev.respite.durable.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableStats;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are stored in a transaction, against a server that counts them. */
class OutboundHttpTest {

    private static final String POLICY = "max-attempts=4 base-delay=1ms max-delay=5ms budget=off total-timeout=1d";

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile Behaviour behaviour;
    private OutboundHttp http;

    private record Received(String method, List<String> key, List<String> attempt, List<String> secret, String body) {}

    @FunctionalInterface
    private interface Behaviour {
        void respond(int request, HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
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

    @AfterEach
    void stop() throws Exception {
        server.stop(0);
        threads.shutdownNow();
        execute("SHUTDOWN");
    }

    private URI place(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
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

    private String order() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT state, updates FROM orders")) {
            row.next();
            return row.getString(1) + ", " + row.getInt(2);
        }
    }

    private static void update(Connection connection, OutboundResponse response) throws SQLException {
        try (var statement = connection.prepareStatement("UPDATE orders SET state = ?, updates = updates + 1")) {
            statement.setString(1, response.status() + " " + response.text());
            statement.executeUpdate();
        }
    }

    /** Enqueues a charge, runs it to its end, and returns the dead letters. */
    private List<DeadLetter> charge(UnaryOperator<OutboundHttp> with) throws Exception {
        return run(with, POLICY, OutboundRequest.post(place("/charges"), "application/json", "{\"order\":17}"));
    }

    private List<DeadLetter> run(UnaryOperator<OutboundHttp> with, String policy, OutboundRequest request)
            throws Exception {
        OutboundHttp call = with.apply(http);
        DurableTask<OutboundRequest> task = call.task("charge");
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(policy)),
                        call,
                        (connection, sent, response, context) -> update(connection, response))
                .build()) {
            durable.start();
            durable.queue().enqueue(task, request);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        // One reading: a call that moves between two would be in neither.
                        DurableStats stats = durable.stats();
                        return stats.running() + stats.due() + stats.scheduled() == 0;
                    });
        }
        return DeadLetters.of(dataSource).list(DeadLetters.Filter.all());
    }

    @Test
    void request_thatFails_isSentAgainWithTheSameKeyAndItsResponseIsStoredOnce() throws Exception {
        behaviour = (request, exchange) -> {
            if (request == 1) {
                respond(exchange, 503, "down");
            } else if (request == 2) {
                // The request is read, and the connection is closed.
                exchange.close();
            } else {
                respond(exchange, 201, "paid");
            }
        };
        assertThat(charge(call -> call)).isEmpty();
        assertThat(order()).isEqualTo("201 paid, 1");
        assertThat(received).extracting(Received::method).containsExactly("POST", "POST", "POST");
        assertThat(received).extracting(Received::body).containsOnly("{\"order\":17}");
        assertThat(received).extracting(Received::attempt).containsExactly(List.of(), List.of("2"), List.of("3"));
        String key = received.get(0).key().get(0);
        assertThat(key).matches("\"[0-9a-f-]{36}\"");
        assertThat(received).extracting(Received::key).containsOnly(List.of(key));
    }

    @Test
    void request_whoseResultCannotBeStored_isSentAgain() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        AtomicInteger stored = new AtomicInteger();
        DurableTask<OutboundRequest> task = http.task("charge");
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(task, Retry.of(RetryPolicy.parse(POLICY)), http, (connection, sent, response, context) -> {
                    update(connection, response);
                    if (stored.incrementAndGet() == 1) {
                        throw new SQLTransientException("deadlock", "40001");
                    }
                })
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", place("/charges/17")));
            await().until(() -> order().equals("200 paid, 1"));
        }
        assertThat(received).hasSize(2);
        assertThat(received.get(0).key()).isEqualTo(received.get(1).key()).hasSize(1);
    }

    @Test
    void hint_ofTheServer_isHonoured() throws Exception {
        List<Long> times = new ArrayList<>();
        behaviour = (request, exchange) -> {
            times.add(System.nanoTime());
            if (request == 1) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                respond(exchange, 429, "");
            } else {
                respond(exchange, 200, "paid");
            }
        };
        assertThat(charge(call -> call)).isEmpty();
        assertThat(times.get(1) - times.get(0)).isGreaterThanOrEqualTo(1_000_000_000);
    }

    @Test
    void conflict_ofTheKey_isRetriedIfTheServerSaysWhen() throws Exception {
        behaviour = (request, exchange) -> {
            exchange.getResponseHeaders().set("Retry-After", "0");
            respond(exchange, request == 1 ? 409 : 200, "paid");
        };
        assertThat(charge(call -> call)).isEmpty();
        assertThat(received).hasSize(2);
    }

    @Test
    void status_thatIsNotAccepted_isADeadLetterAtOnce() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 404, "no such account");
        List<DeadLetter> letters = charge(call -> call);
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.attempts().count()).isEqualTo(1);
            assertThat(letter.attempts().lastError())
                    .contains("POST " + place("/charges") + ": status 404")
                    .doesNotContain("no such account");
        });
        assertThat(order()).isEqualTo("open, 0");
        assertThat(received).hasSize(1);
    }

    @Test
    void redirect_isADeadLetter() throws Exception {
        behaviour = (request, exchange) -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            respond(exchange, 308, "");
        };
        assertThat(charge(call -> call))
                .extracting(letter -> letter.attempts().count())
                .containsExactly(1);
        assertThat(received).hasSize(1);
    }

    @Test
    void status_thatIsAcceptedByChoice_isStored() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 402, "declined");
        assertThat(charge(call -> call.withAccepted(status -> status == 402 || status == 200)))
                .isEmpty();
        assertThat(order()).isEqualTo("402 declined, 1");
    }

    /** A status that stands for work in progress is retried if it is not accepted and the policy names it. */
    @Test
    void success_thatIsNotAccepted_isRetriedIfThePolicyNamesIt() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, request < 3 ? 202 : 200, "paid");
        OutboundRequest query = OutboundRequest.of("GET", place("/charges/17"));
        assertThat(run(call -> call.withAccepted(status -> status == 200), POLICY + " retry-on=202", query))
                .isEmpty();
        assertThat(received).hasSize(3);
        assertThat(order()).isEqualTo("200 paid, 1");
    }

    @Test
    void retry_thatTheServerForbids_isNotMade() throws Exception {
        behaviour = (request, exchange) -> {
            exchange.getResponseHeaders().set("x-should-retry", "false");
            respond(exchange, 503, "");
        };
        assertThat(charge(call -> call))
                .extracting(letter -> letter.attempts().count())
                .containsExactly(1);
    }

    @Test
    void response_thatTakesTooLong_isATimeoutAndIsRetried() throws Exception {
        behaviour = (request, exchange) -> {
            if (request == 1) {
                exchange.sendResponseHeaders(200, 4);
                // The body never comes; the client closes the connection.
                exchange.getResponseBody().write('p');
                exchange.getResponseBody().flush();
            } else {
                respond(exchange, 200, "paid");
            }
        };
        assertThat(charge(call -> call.withTimeout(Duration.ofMillis(300)))).isEmpty();
        assertThat(received).hasSize(2);
        assertThat(order()).isEqualTo("200 paid, 1");
    }

    @Test
    void exchange_thatIsTooLate_isCancelled() throws Exception {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> {
                try (Socket socket = slow.accept()) {
                    // A response that comes before the request would be another fault.
                    assertThat(socket.getInputStream().read()).isEqualTo('P');
                    // The rest of the body never comes.
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\np".getBytes(StandardCharsets.US_ASCII));
                    // The rest of the request, then the end of the stream when the client closes the connection.
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    closed.complete(true);
                } catch (IOException reset) {
                    closed.complete(true);
                }
            });
            URI uri = URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/");
            assertThat(run(
                            call -> call.withTimeout(Duration.ofMillis(300)),
                            "max-attempts=1 budget=off",
                            OutboundRequest.of("PUT", uri)))
                    .extracting(letter -> letter.attempts().lastError())
                    .singleElement()
                    .asString()
                    .contains("no whole response within 300 ms");
            assertThat(closed).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void response_thatIsTooLong_isADeadLetter() throws Exception {
        CompletableFuture<Integer> written = new CompletableFuture<>();
        behaviour = (request, exchange) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] chunk = new byte[64 * 1024];
            int parts = 0;
            try {
                while (parts < 4_000) {
                    exchange.getResponseBody().write(chunk);
                    parts++;
                }
            } catch (IOException cut) {
                // By the client.
            }
            written.complete(parts);
            exchange.close();
        };
        assertThat(charge(call -> call))
                .extracting(letter -> letter.attempts().lastError())
                .singleElement()
                .asString()
                .contains("a body of more than 1048576 bytes");
        // The client has closed the connection, and not read 250 MB.
        assertThat(written.get(30, TimeUnit.SECONDS)).isLessThan(4_000);
        assertThat(order()).isEqualTo("open, 0");
    }

    /** The decision by status must not wait for an unused body. */
    @Test
    void status_ofAResponseWhoseBodyNeverEnds_decides() throws Exception {
        behaviour = (request, exchange) -> {
            exchange.sendResponseHeaders(404, 4);
            exchange.getResponseBody().write('n');
            exchange.getResponseBody().flush();
        };
        assertThat(charge(call -> call.withTimeout(Duration.ofMillis(300))))
                .extracting(letter -> letter.attempts().lastError())
                .singleElement()
                .asString()
                .contains("status 404");
        assertThat(received).hasSize(1);
    }

    /** A fault of the handler is no reason to pay again. */
    @Test
    void result_whoseHandlerHasAFault_isADeadLetterThatCanBeReplayed() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        DurableTask<OutboundRequest> task = http.task("charge");
        AtomicInteger handled = new AtomicInteger();
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(task, Retry.of(RetryPolicy.parse(POLICY)), http, (connection, sent, response, context) -> {
                    update(connection, response);
                    if (handled.incrementAndGet() == 1) {
                        throw new IllegalStateException("a fault");
                    }
                })
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", place("/charges/17")));
            await().until(() -> durable.stats().deadLetters().dead() == 1);
            assertThat(received).hasSize(1);
            assertThat(order()).isEqualTo("open, 0");
            DeadLetters letters = DeadLetters.of(dataSource);
            letters.replay(letters.list(DeadLetters.Filter.all()).get(0).letterId());
            await().until(() -> order().equals("200 paid, 1"));
        }
        assertThat(received).hasSize(2);
        assertThat(received.get(0).key()).isEqualTo(received.get(1).key());
    }

    /** A token that was read from a file may end in a line break, and the JDK repeats it in its message. */
    @Test
    void credentials_thatCannotBeSent_areNotStored() throws Exception {
        List<DeadLetter> letters = charge(call ->
                call.withPreparation((sent, stored, context) -> sent.header("Authorization", "Bearer hunter2\n")));
        assertThat(letters)
                .singleElement()
                .extracting(letter -> letter.attempts().lastError())
                .asString()
                .contains("look for line breaks at the end of a token")
                .doesNotContain("hunter2");
        assertThat(received).isEmpty();
    }

    @Test
    void body_ofTheGreatestLength_isStored() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 200, "x".repeat(OutboundHttp.MAX_BODY));
        OutboundHttp call = http;
        DurableTask<OutboundRequest> task = call.task("charge");
        AtomicInteger length = new AtomicInteger();
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(POLICY)),
                        call,
                        (connection, sent, response, context) -> length.set(response.body().length))
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", place("/")));
            await().until(() -> length.get() == OutboundHttp.MAX_BODY);
        }
    }

    @Test
    void credentials_areAddedToEachAttemptAndAreNotStored() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, request == 1 ? 503 : 404, "");
        AtomicInteger tokens = new AtomicInteger();
        List<DeadLetter> letters = charge(call -> call.withPreparation(
                (sent, stored, context) -> sent.header("Authorization", "Bearer " + tokens.incrementAndGet())));
        assertThat(received).extracting(Received::secret).containsExactly(List.of("Bearer 1"), List.of("Bearer 2"));
        byte[] data = DeadLetters.of(dataSource).data(letters.get(0).letterId()).orElseThrow();
        assertThat(new String(data, StandardCharsets.UTF_8))
                .isEqualTo("POST " + place("/charges") + "\nContent-Type: application/json\n\n{\"order\":17}");
    }

    /** The edited request is a POST to a server that is not named as one that honours keys. */
    @Test
    void request_thatMustNotBeSentTwiceAfterAnEdit_isNotSent() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 404, "");
        DeadLetters letters = DeadLetters.of(dataSource);
        String letterId = run(call -> call, POLICY, OutboundRequest.of("PUT", place("/charges/17")))
                .get(0)
                .letterId();
        String elsewhere = "POST http://localhost:" + server.getAddress().getPort() + "/charges\n\n17";
        letters.edit(letterId, elsewhere.getBytes(StandardCharsets.UTF_8));
        letters.replay(letterId);
        assertThat(run(call -> call, POLICY, OutboundRequest.of("PUT", place("/charges/18"))))
                .extracting(letter -> letter.attempts().lastError())
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).contains("would take effect twice if it is sent twice"),
                        error -> assertThat(error).contains("status 404"));
        assertThat(received).extracting(Received::method).containsExactly("PUT", "PUT");
    }

    @Test
    void request_ofATransactionThatIsRolledBack_isNotSent() throws Exception {
        behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        TaskQueue queue = TaskQueue.of(dataSource);
        DurableTask<OutboundRequest> task = http.task("charge");
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            OutboundRequest request = OutboundRequest.post(place("/"), "text/plain", "17");
            queue.enqueue(connection, task, request, EnqueueOptions.defaults());
            connection.rollback();
        }
        assertThat(run(call -> call, POLICY, OutboundRequest.of("DELETE", place("/charges/16"))))
                .isEmpty();
        assertThat(received).extracting(Received::method).containsExactly("DELETE");
    }

    @Test
    void policy_thatJudgesValuesByCode_isRefused() {
        RetryPolicy byCode = RetryPolicy.builder()
                .retryOnResult(Object.class, value -> false)
                .build();
        assertThatThrownBy(() -> DurableRetry.builder(dataSource)
                        .call(http.task("charge"), Retry.of(byCode), http, (connection, sent, response, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use retry-on and stop-on with statuses");
    }
}
