package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** One asynchronous attempt, with a scripted transport. */
class AsyncExchangeTest {

    private final VirtualTime time = new VirtualTime();
    private final FakeTransport transport = new FakeTransport();

    private AsyncExchange<String> exchange(Duration limit) {
        Deadline deadline = Deadline.after(Optional.ofNullable(limit), time);
        Judge<String> judge = new Judge<>(transport, FakeTransport.config().rules(), IdempotencyKeys.NOWHERE, time);
        return new AsyncExchange<>(
                transport, new ExchangeAttempt(Attempt.FIRST, Map.of(), deadline, judge, null), time);
    }

    @Test
    void response_completesTheFuture() {
        AsyncExchange<String> exchange = exchange(Duration.ofSeconds(1));
        exchange.run();
        transport.done.accept("response", null);
        assertThat(exchange).isCompletedWithValue("response");
        time.runAll();
        assertThat(time.nanoTime()).as("the alarm is cancelled").isZero();
    }

    @Test
    void time_thatIsUp_cancelsTheExchangeAndDiscardsALateResponse() {
        AsyncExchange<String> exchange = exchange(Duration.ofSeconds(1));
        exchange.run();
        time.advance(Duration.ofSeconds(1));
        assertThat(exchange).isCompletedExceptionally();
        assertThat(transport.cancelled).isPositive();
        transport.done.accept("late", null);
        assertThat(transport.discarded).containsExactly("late");
    }

    @Test
    void cancellation_beforeTheRequestIsSent_sendsNothing() {
        AsyncExchange<String> exchange = exchange(null);
        exchange.cancel(true);
        exchange.run();
        assertThat(transport.sent).isZero();
    }

    @Test
    void cancellation_inFlight_cancelsTheExchangeAndDiscardsALateResponse() {
        AsyncExchange<String> exchange = exchange(null);
        exchange.run();
        exchange.cancel(true);
        assertThat(transport.cancelled).isPositive();
        transport.done.accept("late", null);
        assertThat(transport.discarded).containsExactly("late");
    }

    @Test
    void cancellation_whileTheRequestIsBeingSent_cancelsTheExchange() {
        AsyncExchange<String> exchange = exchange(null);
        transport.duringSend = () -> exchange.cancel(true);
        exchange.run();
        assertThat(transport.cancelled).isPositive();
    }

    @Test
    void client_thatRejectsTheRequest_failsTheFuture() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        transport.duringSend = () -> {
            throw full;
        };
        AsyncExchange<String> exchange = exchange(Duration.ofSeconds(1));
        exchange.run();
        assertThat(exchange).failsWithin(Duration.ZERO).withThrowableThat().withCause(full);
        time.runAll();
        assertThat(time.nanoTime()).as("the alarm is cancelled").isZero();
    }

    @Test
    void cancel_afterTheResponse_changesNothing() {
        AsyncExchange<String> exchange = exchange(null);
        exchange.run();
        transport.done.accept("response", null);
        assertThat(exchange.cancel(true)).isFalse();
        assertThat(exchange).isCompletedWithValue("response");
        assertThat(transport.discarded).isEmpty();
    }
}
