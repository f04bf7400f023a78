package dev.respite.durable.http;

import static dev.respite.durable.http.OutboundFixture.POLICY;
import static dev.respite.durable.http.OutboundFixture.respond;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status, the time and the length of a response decide between a result, a retry and a dead letter. */
class OutboundResponseTest {

    private OutboundFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new OutboundFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void hint_ofTheServer_isHonoured() throws Exception {
        List<Long> times = new ArrayList<>();
        fixture.behaviour = (request, exchange) -> {
            times.add(System.nanoTime());
            if (request == 1) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                respond(exchange, 429, "");
            } else {
                respond(exchange, 200, "paid");
            }
        };
        assertThat(fixture.charge(call -> call)).isEmpty();
        assertThat(times.get(1) - times.get(0)).isGreaterThanOrEqualTo(1_000_000_000);
    }

    @Test
    void conflict_ofTheKey_isRetriedIfTheServerSaysWhen() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            exchange.getResponseHeaders().set("Retry-After", "0");
            respond(exchange, request == 1 ? 409 : 200, "paid");
        };
        assertThat(fixture.charge(call -> call)).isEmpty();
        assertThat(fixture.received).hasSize(2);
    }

    @Test
    void status_thatIsNotAccepted_isADeadLetterAtOnce() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 404, "no such account");
        List<DeadLetter> letters = fixture.charge(call -> call);
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.attempts().count()).isEqualTo(1);
            assertThat(letter.attempts().lastError())
                    .contains("POST " + fixture.place("/charges") + ": status 404")
                    .doesNotContain("no such account");
        });
        assertThat(fixture.order()).isEqualTo("open, 0");
        assertThat(fixture.received).hasSize(1);
    }

    @Test
    void redirect_isADeadLetter() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            respond(exchange, 308, "");
        };
        assertThat(fixture.charge(call -> call))
                .extracting(letter -> letter.attempts().count())
                .containsExactly(1);
        assertThat(fixture.received).hasSize(1);
    }

    @Test
    void status_thatIsAcceptedByChoice_isStored() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 402, "declined");
        assertThat(fixture.charge(call -> call.withAccepted(status -> status == 402 || status == 200)))
                .isEmpty();
        assertThat(fixture.order()).isEqualTo("402 declined, 1");
    }

    /** A status that stands for work in progress is retried if it is not accepted and the policy names it. */
    @Test
    void success_thatIsNotAccepted_isRetriedIfThePolicyNamesIt() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, request < 3 ? 202 : 200, "paid");
        OutboundRequest query = OutboundRequest.of("GET", fixture.place("/charges/17"));
        assertThat(fixture.run(call -> call.withAccepted(status -> status == 200), POLICY + " retry-on=202", query))
                .isEmpty();
        assertThat(fixture.received).hasSize(3);
        assertThat(fixture.order()).isEqualTo("200 paid, 1");
    }

    @Test
    void success_thatIsNotAccepted_isADeadLetterAtOnce() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 202, "later");
        assertThat(fixture.charge(call -> call.withAccepted(status -> status == 200)))
                .extracting(letter -> letter.attempts().lastError())
                .singleElement()
                .asString()
                .contains("status 202");
        assertThat(fixture.received).hasSize(1);
        assertThat(fixture.order()).isEqualTo("open, 0");
    }

    @Test
    void response_thatTakesTooLong_isATimeoutAndIsRetried() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            if (request == 1) {
                exchange.sendResponseHeaders(200, 4);
                // The body never comes; the client closes the connection.
                exchange.getResponseBody().write('p');
                exchange.getResponseBody().flush();
            } else {
                respond(exchange, 200, "paid");
            }
        };
        assertThat(fixture.charge(call -> call.withTimeout(Duration.ofMillis(300))))
                .isEmpty();
        assertThat(fixture.received).hasSize(2);
        assertThat(fixture.order()).isEqualTo("200 paid, 1");
    }

    @Test
    void exchange_thatIsTooLate_isCancelled() throws Exception {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fixture.threads.execute(() -> {
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
            assertThat(fixture.run(
                            call -> call.withOrigin(uri).withTimeout(Duration.ofMillis(300)),
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
        fixture.behaviour = (request, exchange) -> {
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
        assertThat(fixture.charge(call -> call))
                .extracting(letter -> letter.attempts().lastError())
                .singleElement()
                .asString()
                .contains("a body of more than 1048576 bytes");
        // The client has closed the connection, and not read 250 MB.
        assertThat(written.get(30, TimeUnit.SECONDS)).isLessThan(4_000);
        assertThat(fixture.order()).isEqualTo("open, 0");
    }

    /** The decision by status must not wait for an unused body. */
    @Test
    void status_ofAResponseWhoseBodyNeverEnds_decides() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            exchange.sendResponseHeaders(404, 4);
            exchange.getResponseBody().write('n');
            exchange.getResponseBody().flush();
        };
        assertThat(fixture.charge(call -> call.withTimeout(Duration.ofMillis(300))))
                .extracting(letter -> letter.attempts().lastError())
                .singleElement()
                .asString()
                .contains("status 404");
        assertThat(fixture.received).hasSize(1);
    }

    @Test
    void body_ofTheGreatestLength_isStored() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 200, "x".repeat(OutboundHttp.MAX_BODY));
        OutboundHttp call = fixture.http;
        DurableTask<OutboundRequest> task = call.task("charge");
        AtomicInteger length = new AtomicInteger();
        try (DurableRetry durable = DurableRetry.builder(fixture.dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(POLICY)),
                        call,
                        (connection, sent, response, context) -> length.set(response.body().length))
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", fixture.place("/")));
            await().until(() -> length.get() == OutboundHttp.MAX_BODY);
        }
    }

    @ParameterizedTest
    @CsvSource({"299, '299 paid, 1'", "300, 'open, 0'"})
    void status_atTheEndOfTheSuccesses_isAcceptedUpTo299(int status, String order) throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, status, "paid");
        fixture.charge(call -> call);
        assertThat(fixture.order()).isEqualTo(order);
    }
}
