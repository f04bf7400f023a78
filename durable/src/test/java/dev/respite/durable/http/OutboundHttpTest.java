package dev.respite.durable.http;

import static dev.respite.durable.http.OutboundFixture.POLICY;
import static dev.respite.durable.http.OutboundFixture.respond;
import static dev.respite.durable.http.OutboundFixture.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.durable.http.OutboundFixture.Received;
import dev.respite.policy.RetryPolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are stored in a transaction are sent with one key until a result is stored. */
class OutboundHttpTest {

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
    void request_thatFails_isSentAgainWithTheSameKeyAndItsResponseIsStoredOnce() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            if (request == 1) {
                respond(exchange, 503, "down");
            } else if (request == 2) {
                // The request is read, and the connection is closed.
                exchange.close();
            } else {
                respond(exchange, 201, "paid");
            }
        };
        assertThat(fixture.charge(call -> call)).isEmpty();
        assertThat(fixture.order()).isEqualTo("201 paid, 1");
        assertThat(fixture.received).extracting(Received::method).containsExactly("POST", "POST", "POST");
        assertThat(fixture.received).extracting(Received::body).containsOnly("{\"order\":17}");
        assertThat(fixture.received)
                .extracting(Received::attempt)
                .containsExactly(List.of(), List.of("2"), List.of("3"));
        List<String> key = fixture.received.get(0).key();
        assertThat(key).singleElement().asString().matches("\"[0-9a-f-]{36}\"");
        assertThat(fixture.received).extracting(Received::key).containsOnly(key);
    }

    @Test
    void request_whoseResultCannotBeStored_isSentAgain() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        AtomicInteger stored = new AtomicInteger();
        DurableTask<OutboundRequest> task = fixture.http.task("charge");
        try (DurableRetry durable = DurableRetry.builder(fixture.dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(POLICY)),
                        fixture.http,
                        (connection, sent, response, context) -> {
                            update(connection, response);
                            if (stored.incrementAndGet() == 1) {
                                throw new SQLTransientException("deadlock", "40001");
                            }
                        })
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", fixture.place("/charges/17")));
            await().until(() -> fixture.order().equals("200 paid, 1"));
        }
        assertThat(fixture.received).hasSize(2);
        assertThat(fixture.received.get(0).key())
                .isEqualTo(fixture.received.get(1).key())
                .hasSize(1);
    }

    /** A fault of the handler is no reason to pay again. */
    @Test
    void result_whoseHandlerHasAFault_isADeadLetterThatCanBeReplayed() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        DurableTask<OutboundRequest> task = fixture.http.task("charge");
        AtomicInteger handled = new AtomicInteger();
        try (DurableRetry durable = DurableRetry.builder(fixture.dataSource)
                .pollInterval(Duration.ofMillis(10))
                .call(
                        task,
                        Retry.of(RetryPolicy.parse(POLICY)),
                        fixture.http,
                        (connection, sent, response, context) -> {
                            update(connection, response);
                            if (handled.incrementAndGet() == 1) {
                                throw new IllegalStateException("a fault");
                            }
                        })
                .build()) {
            durable.start();
            durable.queue().enqueue(task, OutboundRequest.of("PUT", fixture.place("/charges/17")));
            await().until(() -> durable.stats().deadLetters(DeadLetter.State.DEAD) == 1);
            assertThat(fixture.received).hasSize(1);
            assertThat(fixture.order()).isEqualTo("open, 0");
            DeadLetters letters = DeadLetters.of(fixture.dataSource);
            letters.replay(letters.list(DeadLetter.Filter.all()).get(0).letterId());
            await().until(() -> fixture.order().equals("200 paid, 1"));
        }
        assertThat(fixture.received).hasSize(2);
        assertThat(fixture.received.get(0).key())
                .isEqualTo(fixture.received.get(1).key());
    }

    /** A token that was read from a file may end in a line break, and the JDK repeats it in its message. */
    @Test
    void credentials_thatCannotBeSent_areNotStored() throws Exception {
        List<DeadLetter> letters = fixture.charge(call -> call.withOrigin(
                fixture.place("/"), (sent, stored, context) -> sent.header("Authorization", "Bearer hunter2\n")));
        assertThat(letters)
                .singleElement()
                .extracting(letter -> letter.attempts().lastError())
                .asString()
                .contains("look for line breaks at the end of a token")
                .doesNotContain("hunter2");
        assertThat(fixture.received).isEmpty();
    }

    @Test
    void credentials_areAddedToEachAttemptAndAreNotStored() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, request == 1 ? 503 : 404, "");
        AtomicInteger tokens = new AtomicInteger();
        List<DeadLetter> letters = fixture.charge(call -> call.withOrigin(
                fixture.place("/"),
                (sent, stored, context) -> sent.header("Authorization", "Bearer " + tokens.incrementAndGet())));
        assertThat(fixture.received)
                .extracting(Received::secret)
                .containsExactly(List.of("Bearer 1"), List.of("Bearer 2"));
        byte[] data = DeadLetters.of(fixture.dataSource)
                .data(letters.get(0).letterId())
                .orElseThrow();
        assertThat(new String(data, StandardCharsets.UTF_8))
                .isEqualTo("POST " + fixture.place("/charges") + "\nContent-Type: application/json\n\n{\"order\":17}");
    }

    @Test
    void attemptHeader_thatIsSwitchedOff_isNotSent() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, request == 1 ? 503 : 200, "paid");
        assertThat(fixture.charge(OutboundHttp::withoutAttemptHeader)).isEmpty();
        assertThat(fixture.received).extracting(Received::attempt).containsExactly(List.of(), List.of());
    }

    /** The edited request is a POST to a server that is not named as one that honours keys. */
    @Test
    void request_thatMustNotBeSentTwiceAfterAnEdit_isNotSent() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 404, "");
        DeadLetters letters = DeadLetters.of(fixture.dataSource);
        String letterId = fixture.run(call -> call, POLICY, OutboundRequest.of("PUT", fixture.place("/charges/17")))
                .get(0)
                .letterId();
        URI elsewhere = fixture.foreign("/charges");
        letters.edit(letterId, ("POST " + elsewhere + "\n\n17").getBytes(StandardCharsets.UTF_8));
        letters.replay(letterId);
        assertThat(fixture.run(
                        call -> call.withOrigin(elsewhere),
                        POLICY,
                        OutboundRequest.of("PUT", fixture.place("/charges/18"))))
                .extracting(letter -> letter.attempts().lastError())
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).contains("would take effect twice if it is sent twice"),
                        error -> assertThat(error).contains("status 404"));
        assertThat(fixture.received).extracting(Received::method).containsExactly("PUT", "PUT");
    }

    @Test
    void request_ofATransactionThatIsRolledBack_isNotSent() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 200, "paid");
        TaskQueue queue = TaskQueue.of(fixture.dataSource);
        DurableTask<OutboundRequest> task = fixture.http.task("charge");
        try (Connection connection = fixture.dataSource.getConnection()) {
            connection.setAutoCommit(false);
            OutboundRequest request = OutboundRequest.post(fixture.place("/"), "text/plain", "17");
            queue.enqueue(connection, task, request, EnqueueOptions.defaults());
            connection.rollback();
        }
        assertThat(fixture.run(call -> call, POLICY, OutboundRequest.of("DELETE", fixture.place("/charges/16"))))
                .isEmpty();
        assertThat(fixture.received).extracting(Received::method).containsExactly("DELETE");
    }

    @Test
    void policy_thatJudgesValuesByCode_isRefused() {
        RetryPolicy byCode = RetryPolicy.builder()
                .retryOnResult(Object.class, value -> false)
                .build();
        assertThatThrownBy(() -> DurableRetry.builder(fixture.dataSource)
                        .call(
                                fixture.http.task("charge"),
                                Retry.of(byCode),
                                fixture.http,
                                (connection, sent, response, context) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use retry-on and stop-on with statuses");
    }
}
