package dev.respite.resilience4j;

import static dev.respite.resilience4j.World.opensAtTwo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.BreakerPerAttempt;
import dev.respite.outcome.StopReason;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A refusal of an open breaker ends the call, or is followed by a wait for the breaker's remaining open time. */
class Rule22AnOpenBreakerIsNotHammeredTest {

    private static final Duration NEARLY = Duration.ofMillis(1);

    /** Written once, run through both drivers. */
    enum Driver {
        BLOCKING {
            @Override
            String call(World world, BreakerPerAttempt quotes) throws IOException {
                return quotes.call(world::reach);
            }
        },
        ASYNCHRONOUS {
            @Override
            String call(World world, BreakerPerAttempt quotes) throws IOException {
                CompletableFuture<String> future = quotes.callAsync(world::reachAsync);
                world.time.runAll();
                assertThat(future).isDone();
                Throwable error = catchThrowable(future::join);
                if (error == null) {
                    return future.join();
                }
                if (error.getCause() instanceof IOException thrown) {
                    throw thrown;
                }
                throw (RuntimeException) error.getCause();
            }
        };

        abstract String call(World world, BreakerPerAttempt quotes) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void refusal_endsTheCall_byDefault(Driver driver) {
        World world = new World("jitter=none budget=off max-attempts=10", opensAtTwo());
        world.downUntil = Duration.ofMinutes(1);

        assertThatThrownBy(() -> driver.call(world, world.perAttempt())).isInstanceOf(CallNotPermittedException.class);

        assertThat(world.reached).hasSize(2);
        assertThat(world.refusals()).isEqualTo(1);
        assertThat(world.ends).containsExactly(StopReason.CIRCUIT_OPEN);

        assertThatThrownBy(() -> driver.call(world, world.perAttempt())).isInstanceOf(CallNotPermittedException.class);
        assertThat(world.reached).hasSize(2);
        assertThat(world.delays).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void refusal_isWaitedOut_exactlyAsLongAsTheBreakerSays(Driver driver) throws Exception {
        World world = new World("jitter=none budget=off max-attempts=4", opensAtTwo());
        world.downUntil = Duration.ofSeconds(5);

        assertThat(driver.call(world, world.perAttempt().waitingWhileOpen())).isEqualTo("answer");

        // Opened at 100 ms, refused at 300 ms, let pass at the first millisecond after 10.1 s.
        assertThat(world.delays)
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(9_800).plus(NEARLY));
        assertThat(world.reached)
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofMillis(100),
                        Duration.ofMillis(10_100).plus(NEARLY));
        assertThat(world.ends).containsExactly(StopReason.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource
    void refusal_isWaitedOut_spreadUpwardsByAtMostHalf(Driver driver) throws Exception {
        for (int run = 0; run < 50; run++) {
            World world = new World("budget=off", opensAtTwo());
            world.time.advance(Duration.ofMillis(run));
            for (int skipped = 0; skipped < run; skipped++) {
                world.time.roll();
            }
            world.breaker.transitionToOpenState();
            assertThat(driver.call(world, world.perAttempt().waitingWhileOpen()))
                    .isEqualTo("answer");
            assertThat(world.delays).hasSize(1);
            assertThat(world.delays.get(0)).isBetween(Duration.ofSeconds(10), Duration.ofMillis(15_002));
        }
    }

    @Test
    void refusal_openForLongerThanTheLimitOfHints_isStillWaitedOut() throws Exception {
        for (String hints : new String[] {"retry-after-limit=1s", "retry-after=ignore", "retry-after=cap"}) {
            World world = new World(
                    "jitter=none total-timeout=5m " + hints, opensAtTwo(IntervalFunction.of(Duration.ofSeconds(60))));
            world.breaker.transitionToOpenState();
            assertThat(world.perAttempt().waitingWhileOpen().call(world::reach)).isEqualTo("answer");
            assertThat(world.reached).containsExactly(Duration.ofSeconds(60).plus(NEARLY));
        }
    }

    @Test
    void refusal_thatWouldOutlastTheTotalTimeout_endsTheCallAtOnce() {
        World world = new World("", opensAtTwo(IntervalFunction.of(Duration.ofSeconds(60))));
        world.breaker.transitionToOpenState();
        assertThatThrownBy(() -> world.perAttempt().waitingWhileOpen().call(world::reach))
                .isInstanceOf(CallNotPermittedException.class);
        assertThat(world.now()).isZero();
        assertThat(world.ends).containsExactly(StopReason.TOTAL_TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource
    void refusal_byForce_endsTheCall_thoughOthersAreWaitedOut(Driver driver) {
        World world = new World("", opensAtTwo());
        world.breaker.transitionToForcedOpenState();
        assertThatThrownBy(() -> driver.call(world, world.perAttempt().waitingWhileOpen()))
                .isInstanceOf(CallNotPermittedException.class);
        assertThat(world.now()).isZero();
        assertThat(world.refusals()).isEqualTo(1);
        assertThat(world.ends).containsExactly(StopReason.CIRCUIT_OPEN);
    }

    @Test
    void refusal_ofAHalfOpenBreakerWithNoPermissionLeft_leavesItAloneForAWholeWait() throws Exception {
        World world = new World("jitter=none total-timeout=5m", opensAtTwo());
        world.breaker.transitionToOpenState();
        world.breaker.transitionToHalfOpenState();
        assertThat(world.breaker.tryAcquirePermission()).isTrue();
        // The probe is under way, and its success closes the breaker.
        world.time.schedule(() -> world.breaker.onSuccess(1, world.breaker.getTimestampUnit()), 3_000_000_000L);

        assertThat(world.perAttempt().waitingWhileOpen().call(world::reach)).isEqualTo("answer");
        assertThat(world.delays).containsExactly(Duration.ofSeconds(10));
        assertThat(world.breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void breaker_thatOpensAgainAndAgain_isQueriedOncePerOpening() {
        World world = new World(
                "jitter=none budget=off total-timeout=off max-attempts=40",
                opensAtTwo(IntervalFunction.ofExponentialBackoff(10_000, 2, 60_000)));
        world.downUntil = Duration.ofDays(1);

        assertThatThrownBy(() -> world.perAttempt().waitingWhileOpen().call(world::reach))
                .isInstanceOf(Exception.class);

        // Two attempts to open it; then a refusal and a probe by turns.
        assertThat(world.reached).hasSize(2 + 19);
        for (int probe = 2; probe < 6; probe++) {
            Duration apart = world.reached.get(probe).minus(world.reached.get(probe - 1));
            long seconds = Math.min(60, 10 * (1L << (probe - 2)));
            assertThat(apart).isEqualTo(Duration.ofSeconds(seconds).plus(NEARLY));
        }
    }

    @Test
    void breaker_openedByOthers_isWaitedOutFromTheFirstRefusalSeen() throws Exception {
        World world = new World("jitter=none", opensAtTwo());
        world.breaker.transitionToOpenState();
        world.pass(Duration.ofSeconds(4));
        assertThat(world.perAttempt().waitingWhileOpen().call(world::reach)).isEqualTo("answer");
        assertThat(world.reached).containsExactly(Duration.ofSeconds(14).plus(NEARLY));
    }

    @Test
    void breaker_openedForLongerThanItsFunctionSays_isLeftAloneForAWholeWaitAfterEachRefusal() throws Exception {
        World world = new World("jitter=none total-timeout=5m max-attempts=10", opensAtTwo());
        world.breaker.transitionToOpenStateFor(Duration.ofSeconds(35));
        assertThat(world.perAttempt().waitingWhileOpen().call(world::reach)).isEqualTo("answer");
        assertThat(world.delays)
                .hasSize(4)
                .allSatisfy(delay -> assertThat(delay).isGreaterThanOrEqualTo(Duration.ofSeconds(10)));
    }

    @Test
    void refusal_ofAnotherBreaker_isTheClassifiersToJudge() {
        World world = new World("", opensAtTwo());
        CircuitBreaker other = CircuitBreaker.ofDefaults("other");
        other.transitionToForcedOpenState();
        assertThatThrownBy(() -> world.perAttempt().waitingWhileOpen().call(() -> other.executeCallable(world::reach)))
                .isInstanceOf(CallNotPermittedException.class);
        assertThat(world.ends).containsExactly(StopReason.FATAL);
        assertThat(world.breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @Test
    void aFailure_whileTheBreakerIsClosed_isLeftToTheRetry() {
        World world = new World(
                "jitter=none budget=off", opensAtTwo().slidingWindowSize(10).minimumNumberOfCalls(10));
        world.downUntil = Duration.ofMinutes(1);
        assertThatThrownBy(() -> world.perAttempt().call(world::reach)).isInstanceOf(ConnectException.class);
        assertThat(world.reached).hasSize(3);
        assertThat(world.ends).containsExactly(StopReason.ATTEMPTS_EXHAUSTED);
    }
}
