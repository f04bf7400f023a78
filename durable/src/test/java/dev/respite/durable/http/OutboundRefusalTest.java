package dev.respite.durable.http;

import static dev.respite.durable.http.OutboundFixture.POLICY;
import static dev.respite.durable.http.OutboundFixture.respond;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.http.OutboundFixture.Received;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A retry that a congested server of Respite refuses is sent again later, and uses none of the attempts. */
class OutboundRefusalTest {

    private OutboundFixture fixture;
    private final List<Long> times = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        fixture = new OutboundFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void refuse(HttpExchange exchange) throws IOException {
        times.add(System.nanoTime());
        exchange.getResponseHeaders().set("Retry-After", "1");
        exchange.getResponseHeaders().set("x-should-retry", "false");
        exchange.getResponseHeaders().set("Respite-Refused", "retry");
        respond(exchange, 503, "");
    }

    private List<DeadLetter> put(String policy) throws Exception {
        return fixture.run(call -> call, policy, OutboundRequest.of("PUT", fixture.place("/charges/17")));
    }

    @Test
    void retry_thatIsRefused_isSentAgainAtRetryAfterUnderItsNumber() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            times.add(System.nanoTime());
            if (request == 1) {
                respond(exchange, 503, "");
            } else if (request <= 3) {
                refuse(exchange);
            } else {
                respond(exchange, 200, "paid");
            }
        };

        // The second attempt is the last, and is refused twice.
        assertThat(put("max-attempts=2 base-delay=1ms budget=off total-timeout=1d"))
                .isEmpty();

        assertThat(fixture.received)
                .extracting(Received::attempt)
                .containsExactly(List.of(), List.of("2"), List.of("2"), List.of("2"));
        assertThat(fixture.received.stream().map(Received::key).distinct()).hasSize(1);
        assertThat(fixture.order()).isEqualTo("200 paid, 1");
        assertThat(times.get(times.size() - 1) - times.get(1)).isGreaterThanOrEqualTo(2_000_000_000L);
    }

    @Test
    void retries_thatAreRefused_endAtTheTotalTimeout() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            if (request == 1) {
                respond(exchange, 503, "");
            } else {
                refuse(exchange);
            }
        };

        assertThat(put("max-attempts=9 base-delay=1ms budget=off total-timeout=2s"))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo("total timeout");
                    assertThat(letter.attempts().count()).isEqualTo(2);
                    assertThat(letter.attempts().lastError()).contains("status 503");
                    assertThat(letter.attempts().history()).contains("refused");
                });
        assertThat(times).hasSizeBetween(1, 2);
    }

    /** The server has not processed the request, so there is no result to store. */
    @Test
    void retry_thatIsRefused_isNoResultThoughItsStatusIsAccepted() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            if (request == 1) {
                refuse(exchange);
            } else {
                respond(exchange, 503, "down");
            }
        };
        assertThat(fixture.run(
                        call -> call.withAccepted(status -> true),
                        POLICY,
                        OutboundRequest.of("PUT", fixture.place("/charges/17"))))
                .isEmpty();
        assertThat(fixture.order()).isEqualTo("503 down, 1");
        // A proxy has counted the attempts, as the first one has no number.
        assertThat(fixture.received).extracting(Received::attempt).containsExactly(List.of(), List.of());
    }
}
