package dev.respite.durable.http;

import static dev.respite.durable.http.OutboundFixture.POLICY;
import static dev.respite.durable.http.OutboundFixture.respond;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.http.OutboundFixture.Received;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that forbids a retry with a status of 5xx forbids it for now: the call keeps the attempts of its policy. */
class OutboundRefusalTest {

    private OutboundFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new OutboundFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** A time that is a hundred times as fast as the system's. */
    private record FastTime(long start, Instant wall) implements TimeSource.Forwarding {

        FastTime() {
            this(System.nanoTime(), Instant.now());
        }

        @Override
        public TimeSource delegate() {
            return TimeSource.system();
        }

        Duration elapsed() {
            return Duration.ofNanos(nanoTime());
        }

        @Override
        public long nanoTime() {
            return 100 * (System.nanoTime() - start);
        }

        @Override
        public Instant wallTime() {
            return wall.plus(elapsed());
        }
    }

    private static void refuse(HttpExchange exchange, int status, String field, String value) throws IOException {
        exchange.getResponseHeaders().set(field, value);
        respond(exchange, status, "");
    }

    private List<DeadLetter> put(String policy) throws Exception {
        return fixture.run(call -> call, policy, OutboundRequest.of("PUT", fixture.place("/charges/17")));
    }

    @ParameterizedTest
    @CsvSource({
        "502, x-should-retry, false",
        "500, Stripe-Should-Retry, false",
        "503, Respite-Refused, retry",
    })
    void server_thatForbidsRetriesForAMinute_causesNoDeadLetter(int status, String field, String value)
            throws Exception {
        FastTime time = new FastTime();
        fixture.time = time;
        List<Duration> times = new CopyOnWriteArrayList<>();
        fixture.behaviour = (request, exchange) -> {
            times.add(time.elapsed());
            if (time.elapsed().toSeconds() < 60) {
                refuse(exchange, status, field, value);
            } else {
                respond(exchange, 200, "paid");
            }
        };

        assertThat(put("max-attempts=9 base-delay=1s max-delay=30s jitter=none budget=off total-timeout=1d"))
                .isEmpty();

        assertThat(fixture.order()).isEqualTo("200 paid, 1");
        assertThat(fixture.received).hasSizeBetween(2, 7);
        for (int retry = 1; retry < times.size(); retry++) {
            assertThat(fixture.received.get(retry).attempt()).containsExactly(Integer.toString(retry + 1));
            // The policy's backoff.
            assertThat(times.get(retry).minus(times.get(retry - 1)).toMillis())
                    .isGreaterThanOrEqualTo(Math.min(30_000, 1_000L << (retry - 1)));
        }
        assertThat(fixture.received.stream().map(Received::key).distinct()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"502, x-should-retry, false", "503, Respite-Refused, retry"})
    void server_thatForbidsEachRetry_isSentTheAttemptsOfThePolicy(int status, String field, String value)
            throws Exception {
        fixture.behaviour = (request, exchange) -> refuse(exchange, status, field, value);

        assertThat(put("max-attempts=3 base-delay=1ms budget=off total-timeout=1d"))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo("attempts exhausted");
                    assertThat(letter.attempts().count()).isEqualTo(3);
                    assertThat(letter.attempts().lastError()).contains("status " + status);
                });
        assertThat(fixture.received)
                .extracting(Received::attempt)
                .containsExactly(List.of(), List.of("2"), List.of("3"));
    }

    /** The server waits for less than the policy, or for more. */
    @Test
    void retryAfter_besideTheProhibition_isHonoured() throws Exception {
        FastTime time = new FastTime();
        fixture.time = time;
        List<Duration> times = new CopyOnWriteArrayList<>();
        fixture.behaviour = (request, exchange) -> {
            times.add(time.elapsed());
            if (request == 1) {
                exchange.getResponseHeaders().set("Retry-After", "20");
                exchange.getResponseHeaders().set("x-should-retry", "false");
                refuse(exchange, 503, "Respite-Refused", "retry");
            } else {
                respond(exchange, 200, "paid");
            }
        };
        assertThat(put("max-attempts=2 base-delay=1ms budget=off total-timeout=1d"))
                .isEmpty();
        assertThat(times.get(1).minus(times.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
    }

    /** The request itself is wrong, or its sender: time changes nothing. */
    @ParameterizedTest
    @CsvSource({"429", "409", "408"})
    void prohibition_withAStatusOf4xx_isADeadLetterAtOnce(int status) throws Exception {
        fixture.behaviour = (request, exchange) -> refuse(exchange, status, "x-should-retry", "false");
        assertThat(put(POLICY))
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo("retry forbidden by server"));
        assertThat(fixture.received).hasSize(1);
    }

    /** A status that is not retried is not retried because of a prohibition. */
    @Test
    void prohibition_withAStatusThatIsFatal_isADeadLetterAtOnce() throws Exception {
        fixture.behaviour = (request, exchange) -> refuse(exchange, 501, "x-should-retry", "false");
        assertThat(put(POLICY))
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo("fatal"));
        assertThat(fixture.received).hasSize(1);
    }

    /** The server has not processed the request, so there is no result to store. */
    @Test
    void retry_thatIsRefused_isNoResultThoughItsStatusIsAccepted() throws Exception {
        fixture.behaviour = (request, exchange) -> {
            if (request == 1) {
                refuse(exchange, 503, "Respite-Refused", "retry");
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
    }
}
