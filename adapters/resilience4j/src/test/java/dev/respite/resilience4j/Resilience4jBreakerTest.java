package dev.respite.resilience4j;

import static dev.respite.resilience4j.World.opensAtTwo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.BreakerPerAttempt;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.IntervalFunction;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real breaker receives, inside a retry and around it. */
class Resilience4jBreakerTest {

    private static final String PLAIN = "jitter=none budget=off";

    private final World world =
            new World(PLAIN, opensAtTwo().slidingWindowSize(100).minimumNumberOfCalls(100));

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void perAttempt_recordsEachAttempt() throws Exception {
        world.downUntil = Duration.ofMillis(200);
        assertThat(world.perAttempt().call(world::reach)).isEqualTo("answer");
        assertReceived(2, 1);
    }

    @Test
    void perAttempt_asynchronous_recordsEachAttempt() {
        world.downUntil = Duration.ofMillis(200);
        CompletableFuture<String> future = world.perAttempt().callAsync(world::reachAsync);
        world.time.runAll();
        assertThat(future).isCompletedWithValue("answer");
        assertReceived(2, 1);
    }

    @Test
    void anAttemptThatExceedsItsTime_isAFailure() {
        World timed = new World(
                PLAIN + " attempt-timeout=1s max-attempts=2", opensAtTwo().recordExceptions(TimeoutException.class));
        List<CompletableFuture<String>> never = new ArrayList<>();
        CompletableFuture<String> call = timed.perAttempt().callAsync(() -> {
            never.add(new CompletableFuture<>());
            return never.get(never.size() - 1);
        });
        timed.time.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(never).hasSize(2).allMatch(CompletableFuture::isCancelled);
        assertThat(timed.breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aCallThatIsCancelled_saysNothing_andGivesItsPermissionBack() {
        halfOpen();
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletableFuture<String> call = world.perAttempt().callAsync(() -> never);
        assertThat(world.breaker.tryAcquirePermission()).isFalse();
        call.cancel(true);
        assertThat(never).isCancelled();
        assertReceived(0, 0);
        assertThat(world.breaker.tryAcquirePermission()).isTrue();
    }

    /** Resilience4j itself keeps the permission of what ends in an error permanently. */
    @ParameterizedTest
    @ValueSource(strings = {"error", "interruption", "cancellation"})
    void whatSaysNothingOfTheTarget_givesItsPermissionBack(String what) {
        Throwable thrown = switch (what) {
            case "error" -> new AssertionError("bug");
            case "interruption" -> new InterruptedException("stop");
            default -> new CancellationException("no more");
        };
        halfOpen();
        assertThatThrownBy(() -> world.perAttempt().call(() -> {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) thrown;
                }))
                .isSameAs(thrown);
        assertReceived(0, 0);
        assertThat(world.breaker.tryAcquirePermission()).isTrue();
        world.breaker.releasePermission();

        CompletableFuture<Object> call =
                world.perAttempt().callAsync(() -> CompletableFuture.failedFuture(new CompletionException(thrown)));
        assertThat(call).isCompletedExceptionally();
        assertReceived(0, 0);
        assertThat(world.breaker.tryAcquirePermission()).isTrue();
    }

    @Test
    void values_areForTheBreakersOwnConfigurationToJudge() throws Exception {
        World picky = new World(PLAIN, opensAtTwo().recordResult("busy"::equals));
        picky.perAttempt().call(() -> "busy");
        assertThat(picky.perAttempt().callAsync(() -> CompletableFuture.completedFuture("busy")))
                .isCompletedWithValue("busy");
        assertThat(picky.breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThatThrownBy(() -> picky.perAttempt().call(() -> "good")).isInstanceOf(CallNotPermittedException.class);
    }

    @Test
    void aPredicateThatThrows_changesNoOutcome() throws Exception {
        World buggy = new World(
                PLAIN,
                opensAtTwo()
                        .recordResult(value -> {
                            throw new IllegalStateException("bug");
                        })
                        .recordException(error -> {
                            throw new IllegalStateException("bug");
                        }));
        assertThat(buggy.perAttempt().call(buggy::reach)).isEqualTo("answer");
        assertThat(buggy.perAttempt().callAsync(buggy::reachAsync)).isCompletedWithValue("answer");
        assertThat(buggy.reached).hasSize(2);
        buggy.downUntil = Duration.ofMillis(50);
        assertThat(buggy.perAttempt().call(buggy::reach)).isEqualTo("answer");
    }

    @Test
    void aPredicateThatThrows_keepsNoPermission() throws Exception {
        World buggy = new World(
                PLAIN + " max-attempts=1",
                opensAtTwo()
                        .recordResult(value -> {
                            throw new IllegalStateException("bug");
                        })
                        .recordException(error -> {
                            throw new IllegalStateException("bug");
                        }));
        buggy.breaker.transitionToOpenState();
        buggy.breaker.transitionToHalfOpenState();
        assertThat(buggy.perAttempt().call(buggy::reach)).isEqualTo("answer");
        assertThat(buggy.breaker.tryAcquirePermission()).isTrue();
        buggy.breaker.releasePermission();

        buggy.downUntil = Duration.ofMinutes(1);
        assertThatThrownBy(() -> buggy.perAttempt().call(buggy::reach)).isInstanceOf(ConnectException.class);
        assertThat(buggy.breaker.tryAcquirePermission()).isTrue();
    }

    @Test
    void durations_areMeasuredByTheBreakersOwnTime() throws Exception {
        World slow = new World(PLAIN, opensAtTwo().slowCallDurationThreshold(Duration.ofSeconds(2)));
        BreakerPerAttempt quotes = slow.perAttempt();
        for (int call = 0; call < 2; call++) {
            quotes.run(() -> slow.pass(Duration.ofSeconds(3)));
        }
        assertThat(slow.breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        slow.pass(Duration.ofSeconds(4));
        assertThat(slow.adapter.remainingOpenTime()).as("since the slow value").contains(Duration.ofMillis(6_001));
    }

    @Test
    void durations_ofFailures_areMeasuredByTheBreakersOwnTime() {
        World slow = new World(PLAIN, opensAtTwo().slowCallDurationThreshold(Duration.ofSeconds(2)));
        slow.pass(Duration.ofMinutes(1));
        fail(slow);
        assertThat(slow.breaker.getMetrics().getNumberOfSlowFailedCalls()).isZero();
        long entered = slow.adapter.acquire();
        slow.pass(Duration.ofSeconds(3));
        slow.adapter.failed(entered, new ConnectException("down"));
        assertThat(slow.breaker.getMetrics().getNumberOfSlowFailedCalls()).isEqualTo(1);
    }

    @Test
    void refusesFor_countsOpeningsAnewAfterTheBreakerWasClosed() {
        World closing = new World(PLAIN, opensAtTwo(IntervalFunction.ofExponentialBackoff(1_000, 2)));
        for (int round = 0; round < 2; round++) {
            open(closing);
            assertThat(closing.adapter.remainingOpenTime()).contains(Duration.ofMillis(1_001));
            closing.pass(Duration.ofMillis(1_001));
            fail(closing);
            assertThat(closing.adapter.remainingOpenTime()).contains(Duration.ofMillis(2_001));
            closing.pass(Duration.ofMillis(2_001));
            closing.adapter.succeeded(closing.adapter.acquire(), "good");
            assertThat(closing.breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        }
        assertThat(closing.adapter.remainingOpenTime()).contains(Duration.ZERO);
    }

    private static void open(World world) {
        fail(world);
        fail(world);
    }

    private static void fail(World world) {
        world.adapter.failed(world.adapter.acquire(), new ConnectException("down"));
    }

    /** One permission is left. */
    private void halfOpen() {
        world.breaker.transitionToOpenState();
        world.breaker.transitionToHalfOpenState();
    }

    private void assertReceived(int failures, int successes) {
        assertThat(world.breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(failures);
        assertThat(world.breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(successes);
    }

    @Test
    void actions_passTheBreakerToo() throws Exception {
        world.perAttempt().run(world::reach);
        assertReceived(0, 1);
    }
}
