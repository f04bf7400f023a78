package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** One asynchronous attempt, with a transport that does what the test says. */
class AsyncExchangeTest {

    private final VirtualTime time = new VirtualTime();
    private final Fake transport = new Fake();

    private AsyncExchange<String> exchange(Duration limit) {
        return new AsyncExchange<>(transport, 1, Deadline.after(Optional.ofNullable(limit), time), time);
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
        assertThat(transport.exchange).isCancelled();
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
        assertThat(transport.exchange).isCancelled();
        transport.done.accept("late", null);
        assertThat(transport.discarded).containsExactly("late");
    }

    @Test
    void cancellation_whileTheRequestIsBeingSent_cancelsTheExchange() {
        AsyncExchange<String> exchange = exchange(null);
        transport.duringSend = () -> exchange.cancel(true);
        exchange.run();
        assertThat(transport.exchange).isCancelled();
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
    }

    private static final class Fake implements Transport<String> {
        final CompletableFuture<Void> exchange = new CompletableFuture<>();
        final List<String> discarded = new ArrayList<>();
        Runnable duringSend = () -> {};
        BiConsumer<? super String, Throwable> done;
        int sent;

        @Override
        public Future<?> sendAsync(int attempt, BiConsumer<? super String, Throwable> whenDone) {
            sent++;
            done = whenDone;
            duringSend.run();
            return exchange;
        }

        @Override
        public void discard(String response) {
            discarded.add(response);
        }

        @Override
        public IOException tooLate(Duration limit) {
            return new IOException("too late");
        }

        @Override
        public RequestFacts facts() {
            throw new AssertionError("not used");
        }

        @Override
        public Optional<Duration> timeout() {
            throw new AssertionError("not used");
        }

        @Override
        public String send(int attempt) {
            throw new AssertionError("not used");
        }

        @Override
        public Cause causeOf(Throwable failure) {
            throw new AssertionError("not used");
        }

        @Override
        public String detach(String response) {
            throw new AssertionError("not used");
        }

        @Override
        public void awaitReleased(long nanos) {
            throw new AssertionError("not used");
        }

        @Override
        public void whenReleased(Runnable next) {
            throw new AssertionError("not used");
        }

        @Override
        public boolean isUnread(String last) {
            throw new AssertionError("not used");
        }

        @Override
        public String read(String last) {
            throw new AssertionError("not used");
        }

        @Override
        public Runnable readAsync(String last, BiConsumer<? super String, Throwable> whenDone) {
            throw new AssertionError("not used");
        }

        @Override
        public void close() {
            throw new AssertionError("not used");
        }
    }
}
