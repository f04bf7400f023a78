package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rejected value is released before the delay that follows it, in every driver. */
class Rule26NothingRejectedIsHeldInADelayTest {

    private static final String POLICY = "jitter=none base-delay=1s budget=off";

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private static final class Response implements AutoCloseable {
        final boolean good;
        int closed;

        Response(boolean good) {
            this.good = good;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @SuppressWarnings("ImmutableEnumChecker")
    private enum Driver {
        BLOCKING((retry, values) -> retry.call(values::get)),
        INTERRUPTIBLE((retry, values) -> {
            try {
                return retry.callWithInterrupt(values::get);
            } catch (java.util.concurrent.TimeoutException late) {
                throw new AssertionError(late);
            }
        }),
        BREAKER((retry, values) ->
                BreakerPerAttempt.of(retry, new OpenNever()).waitingWhileOpen().call(values::get)),
        ASYNC((retry, values) -> joined(retry, retry.callAsync(() -> CompletableFuture.completedFuture(values.get())))),
        HEDGED((retry, values) -> joined(
                retry,
                Hedge.of(retry, Duration.ofMillis(10))
                        .callIdempotent(() -> CompletableFuture.completedFuture(values.get()))));

        final BiFunction<Retry, Supplier<Response>, Response> run;

        Driver(BiFunction<Retry, Supplier<Response>, Response> run) {
            this.run = run;
        }

        private static Response joined(Retry retry, CompletableFuture<Response> call) {
            ((VirtualTime) retry.time()).runAll();
            return call.join();
        }
    }

    private record OpenNever() implements Breaker {
        @Override
        public long acquire() {
            return 0;
        }

        @Override
        public void succeeded(long entered, Object value) {}

        @Override
        public void failed(long entered, Throwable error) {}

        @Override
        public void release() {}

        @Override
        public boolean isRejection(Throwable failure) {
            return false;
        }

        @Override
        public java.util.Optional<Duration> remainingOpenTime() {
            return java.util.Optional.empty();
        }
    }

    private static RetryPolicy policy() {
        return RetryPolicy.parse(POLICY).toBuilder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
    }

    private Retry retrying() {
        return Retry.of(policy(), time).withListener(recorder);
    }

    private <V> Retry detaching(Class<V> type, UnaryOperator<V> hook) {
        return retrying().driver().forCall(policy().classifier(), type, hook, time);
    }

    private static Supplier<Response> valuesOf(Response... values) {
        Deque<Response> left = new ArrayDeque<>(Arrays.asList(values));
        return left::remove;
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void delay_afterARejectedValue_beginsWithTheValueClosed(Driver driver) {
        Response rejected = new Response(false);
        List<Integer> closedDuringDelay = new ArrayList<>();
        time.schedule(() -> closedDuringDelay.add(rejected.closed), 1);
        // Hedged attempts have no backoff: the delay is empty there, and the value is closed all the same.
        assertThat(driver.run.apply(retrying(), valuesOf(rejected, new Response(true))).good)
                .isTrue();
        assertThat(closedDuringDelay).containsExactly(1);
        assertThat(rejected.closed).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void listener_ofARejectedValue_seesItOpen(Driver driver) {
        Response rejected = new Response(false);
        List<Integer> closedWhenNotified = new ArrayList<>();
        Retry retry = retrying().withListener(event -> closedWhenNotified.add(rejected.closed));
        driver.run.apply(retry, valuesOf(rejected, new Response(true)));
        assertThat(closedWhenNotified).containsExactly(0, 1);
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void hook_ofARejectedValue_releasesItInsteadOfClose(Driver driver) {
        Response rejected = new Response(false);
        List<Response> detached = new ArrayList<>();
        Retry retry = detaching(Response.class, value -> {
            detached.add(value);
            return new Response(false);
        });
        driver.run.apply(retry, valuesOf(rejected, new Response(true)));
        assertThat(detached).containsExactly(rejected);
        assertThat(rejected.closed).isZero();
    }

    @Test
    void call_interruptedInItsDelay_saysThatItsValueWasReleased() {
        Response rejected = new Response(false);
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(1).toNanos());
        ValueReleasedException thrown = catchThrowableOfType(
                ValueReleasedException.class, () -> retrying().call(valuesOf(rejected, new Response(true))::get));
        assertThat(thrown.stopReason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(thrown).hasMessageContaining("interrupted").hasMessageContaining(Response.class.getName());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rejected.closed).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void call_interruptedInItsDelay_returnsWhatTheHookKept() {
        Response kept = new Response(false);
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(1).toNanos());
        Retry retry = detaching(Response.class, value -> kept);
        assertThat(retry.call(valuesOf(new Response(false))::get)).isSameAs(kept);
        assertThat(kept.closed).isZero();
    }

    @Test
    void call_interruptedInItsDelayAfterAPlainValue_returnsTheValue() {
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(1).toNanos());
        RetryPolicy policy = RetryPolicy.parse(POLICY).toBuilder()
                .retryOnResult(String.class, "bad"::equals)
                .build();
        assertThat(Retry.of(policy, time).<String, RuntimeException>call(() -> "bad"))
                .isEqualTo("bad");
    }

    @Test
    void asyncCall_whoseExecutorRejectsTheNextAttempt_saysThatItsValueWasReleased() {
        Response rejected = new Response(false);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        try {
            TimeSource rejecting = TimeSource.on(
                    task -> {
                        throw new RejectedExecutionException("full");
                    },
                    scheduler);
            Retry retry = Retry.of(
                    policy().toBuilder().baseDelay(Duration.ofMillis(1)).build(), rejecting);
            CompletableFuture<Response> call = retry.callAsync(() -> CompletableFuture.completedFuture(rejected));
            assertThatThrownBy(call::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            ValueReleasedException.class,
                            thrown -> assertThat(thrown.stopReason()).isEqualTo(StopReason.EXECUTOR_REFUSED));
            assertThat(rejected.closed).isEqualTo(1);
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void hook_thatThrowsOrReturnsNull_isReportedAndTheValueClosed() {
        List<UnaryOperator<Response>> bad = List.of(
                value -> {
                    throw new IllegalStateException("bug");
                },
                value -> null);
        for (UnaryOperator<Response> hook : bad) {
            recorder.events.clear();
            Response rejected = new Response(false);
            Retry retry = detaching(Response.class, hook);
            assertThat(retry.call(valuesOf(rejected, new Response(true))::get).good)
                    .isTrue();
            assertThat(rejected.closed).isEqualTo(1);
            assertThat(recorder.all(RetryEvent.CallbackFailed.class))
                    .singleElement()
                    .satisfies(failed -> assertThat(failed.callback()).isEqualTo("detach"));
        }
    }

    @Test
    void hook_forAnotherClass_changesNothing() {
        Response rejected = new Response(false);
        Retry retry = detaching(String.class, value -> "kept");
        retry.call(valuesOf(rejected, new Response(true))::get);
        assertThat(rejected.closed).isEqualTo(1);
    }
}
