package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any breaker can be put inside a retry or around it: here, one of twenty lines. */
class BreakerTest {

    private static final long OPEN_NANOS = 5_000_000_000L;

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final TwoStrikes breaker = new TwoStrikes();
    private final Retry retry = Retry.of(RetryPolicy.parse("jitter=none budget=success:0.5/4/2"), time)
            .withListener(recorder);

    /** Refuses for five seconds after two failures in a row. */
    private final class TwoStrikes implements Breaker {
        private int strikes;
        private int abandoned;
        private long openUntil;

        @Override
        public long acquire() {
            if (time.nanoTime() < openUntil) {
                throw new Refusal(this);
            }
            return time.nanoTime();
        }

        @Override
        public void succeeded(long entered, @Nullable Object value) {
            strikes = 0;
        }

        @Override
        public void failed(long entered, Throwable error) {
            if (++strikes >= 2) {
                openUntil = time.nanoTime() + OPEN_NANOS;
            }
        }

        @Override
        public void release() {
            abandoned++;
        }

        @Override
        public boolean isRejection(Throwable failure) {
            return failure instanceof Refusal refusal && refusal.by == this;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.of(Duration.ofNanos(openUntil - time.nanoTime()));
        }
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Breaker by;

        Refusal(Breaker by) {
            this.by = by;
        }
    }

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private Operation.Simple<String, ConnectException> downUntil(Duration end) {
        return () -> {
            if (time.nanoTime() < end.toNanos()) {
                throw new ConnectException("down");
            }
            return "answer";
        };
    }

    private BreakerPerAttempt waiting() {
        Retry patient =
                retry.withPolicy(retry.policy().toBuilder().maxAttempts(4).build());
        return BreakerPerAttempt.of(patient, breaker).waitingWhileOpen();
    }

    @Test
    void perAttempt_refused_endsTheCall_andTheUnusedRetryIsGivenBack() {
        BreakerPerAttempt quotes = BreakerPerAttempt.of(retry, breaker);
        assertThatThrownBy(() -> quotes.call(downUntil(Duration.ofMinutes(1)))).isInstanceOf(Refusal.class);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CIRCUIT_OPEN);
        assertThat(recorder.ended().history().summary())
                .isEqualTo("3 attempts in 300 ms: connect +100ms, connect +200ms, rejected; gave up: circuit open");
        // Two retries were paid for, one was made.
        assertThat(retry.budget().retriesLeft()).isEqualTo(3);
    }

    @Test
    void perAttempt_asynchronousResults_areReported() {
        Retry once = retry.withPolicy(retry.policy().toBuilder().maxAttempts(1).build());
        BreakerPerAttempt quotes = BreakerPerAttempt.of(once, breaker);
        assertThat(quotes.callAsync(() -> CompletableFuture.failedFuture(new ConnectException())))
                .isCompletedExceptionally();
        assertThat(breaker.strikes).isEqualTo(1);
        CompletableFuture<String> quote = new CompletableFuture<>();
        CompletableFuture<String> call = quotes.callAsync(() -> quote);
        quote.complete("answer");
        assertThat(call).isCompletedWithValue("answer");
        assertThat(breaker.strikes).isZero();
    }

    @Test
    void perAttempt_waiting_waitsTheRefusalOut_forNoToken() throws Exception {
        BreakerPerAttempt quotes = BreakerPerAttempt.of(
                        retry.withPolicy(
                                retry.policy().toBuilder().maxAttempts(4).build()),
                        breaker)
                .waitingWhileOpen();
        assertThat(quotes.call(downUntil(Duration.ofSeconds(1)))).isEqualTo("answer");
        assertThat(time.nanoTime()).isEqualTo(100_000_000L + OPEN_NANOS);
        // Two retries and a success; the wait for the breaker was free.
        assertThat(retry.budget().retriesLeft()).isEqualTo(2.5);
        assertThat(retry.counts().errors()).containsEntry(ErrorKind.REJECTED, 1L);
    }

    @Test
    void perAttempt_brokenOffInTheWaitForTheBreaker_givesTheUnusedRetryBack() {
        BreakerPerAttempt quotes = BreakerPerAttempt.of(
                        retry.withPolicy(
                                retry.policy().toBuilder().maxAttempts(4).build()),
                        breaker)
                .waitingWhileOpen();
        time.schedule(Thread.currentThread()::interrupt, 2_000_000_000L);
        assertThatThrownBy(() -> quotes.call(downUntil(Duration.ofSeconds(1)))).isInstanceOf(Refusal.class);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(3);
    }

    @Test
    void perAttempt_cancelledInTheWaitForTheBreaker_givesTheUnusedRetryBack() {
        BreakerPerAttempt quotes = BreakerPerAttempt.of(
                        retry.withPolicy(
                                retry.policy().toBuilder().maxAttempts(4).build()),
                        breaker)
                .waitingWhileOpen();
        CompletableFuture<String> call = quotes.callAsync(() -> CompletableFuture.failedFuture(new ConnectException()));
        time.advance(Duration.ofSeconds(2));
        call.cancel(true);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(3);
    }

    @Test
    void perAttempt_cancelledInARetryThatReachedItsTarget_givesNothingBack() {
        boolean[] begun = new boolean[1];
        CompletableFuture<String> call = waiting().callAsync(() -> {
            boolean first = !begun[0];
            begun[0] = true;
            return first ? CompletableFuture.failedFuture(new ConnectException()) : new CompletableFuture<>();
        });
        time.advance(Duration.ofSeconds(2));
        call.cancel(true);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("dev.respite.Timeouts#all")
    void timeout_ofTheFamilyOfInterruptions_isAFailureOfTheTarget(Exception timeout, ErrorKind kind) {
        Retry once = retry.withPolicy(RetryPolicy.parse("max-attempts=1"));
        assertThatThrownBy(() -> BreakerPerAttempt.of(once, breaker).call(Script.of(timeout)))
                .isSameAs(timeout);
        assertThat(breaker.strikes).isEqualTo(1);
        CompletableFuture<Object> call = BreakerPerAttempt.of(once, breaker).callAsync(AsyncScript.of(timeout));
        assertThat(call).isCompletedExceptionally();
        assertThat(breaker.strikes).isEqualTo(2);
        assertThat(breaker.abandoned).isZero();
    }

    @ParameterizedTest
    @MethodSource("dev.respite.Timeouts#all")
    void timeout_thrownWithTheInterruptFlagSet_saysNothingOfTheTarget(Exception timeout, ErrorKind kind) {
        Runnable interrupt = Thread.currentThread()::interrupt;
        assertThatThrownBy(() -> BreakerPerAttempt.of(retry, breaker).call(Script.of(interrupt, timeout)))
                .isSameAs(timeout);
        assertThat(breaker.strikes).isZero();
        assertThat(breaker.abandoned).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void lateValue_ofAnAttemptThatWasBrokenOff_isClosed() {
        boolean[] closed = new boolean[1];
        CompletableFuture<AutoCloseable> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                return false;
            }
        };
        CompletableFuture<AutoCloseable> call =
                BreakerPerAttempt.of(retry, breaker).callAsync(() -> stubborn);
        call.cancel(true);
        assertThat(breaker.abandoned).isEqualTo(1);
        stubborn.complete(() -> closed[0] = true);
        assertThat(closed[0]).isTrue();
        assertThat(breaker.abandoned).isEqualTo(1);
    }
}
