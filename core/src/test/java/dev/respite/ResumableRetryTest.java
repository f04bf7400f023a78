package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget.Grant;
import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ResumableRetryTest {

    private static final ResumableRetry.Work<String> FAILS = attempt -> {
        throw new ConnectException("refused");
    };

    private final VirtualTime time = new VirtualTime();

    private Retry retry(String policy) {
        return Retry.withoutWarnings(RetryPolicy.parse(policy), time);
    }

    /** An instance that stops interrupts its attempts. */
    @Test
    void attempt_thatIsInterrupted_leavesTheFlagToItsThread() {
        ResumableRetry resumable = retry("max-attempts=1").driver().resumable();
        AttemptResult<String> result = resumable.attempt(resumable.begin(), attempt -> {
            throw new InterruptedException();
        });
        assertThat(result).isInstanceOf(AttemptResult.Ended.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void attempt_inAnotherRetryOfTheSamePolicy_continuesNumberBackoffAndHistory() {
        String policy = "max-attempts=3 base-delay=1s max-delay=1h jitter=none total-timeout=7d budget=off";
        CallState state = retry(policy).driver().resumable().begin();
        for (int number = 1; number < 3; number++) {
            AttemptResult.Again<String> again = again(retry(policy).driver().resumable(), state);
            assertThat(again.delay()).isEqualTo(Duration.ofSeconds(number));
            state = CallState.decode(again.state().encode());
            assertThat(state.number()).isEqualTo(number + 1);
            time.advance(again.delay());
        }

        AttemptResult.Ended<String> end = ended(retry(policy).driver().resumable(), state);

        assertThat(end.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(end.history().summary())
                .isEqualTo("3 attempts in 3.0 s: connect +1.0s, connect +2.0s, connect; gave up: attempts exhausted");
    }

    @Test
    void totalTimeout_ofDays_countsTheTimeBetweenProcesses() {
        ResumableRetry retry = retry(
                        "max-attempts=1000 base-delay=1h max-delay=1h jitter=none total-timeout=7d budget=off")
                .driver()
                .resumable();
        CallState state = again(retry, retry.begin()).state();
        time.advance(Duration.ofDays(7).minusHours(1).minusNanos(1));
        assertThat(again(retry, state).delay()).isEqualTo(Duration.ofHours(1));
        time.advance(Duration.ofNanos(1));
        assertThat(ended(retry, state).reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
    }

    @Test
    void attempt_thatIsDueAfterTheTotalTimeout_isNotMade() {
        Retry retry = retry("max-attempts=9 base-delay=1h jitter=none total-timeout=2h budget=off");
        ResumableRetry resumable = retry.driver().resumable();
        CallState state = again(resumable, resumable.begin()).state();
        time.advance(Duration.ofHours(2));
        AttemptResult<String> result = resumable.attempt(state, attempt -> {
            throw new AssertionError("runs");
        });
        assertThat(result).isInstanceOf(AttemptResult.Ended.class);
        AttemptResult.Ended<String> end = (AttemptResult.Ended<String>) result;
        assertThat(end.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(end.history().attempts()).isEqualTo(1);
        assertThat(retry.counts().attempts()).isEqualTo(1);
    }

    @Test
    void failedElsewhere_ofADeferredRetry_countsTheAttemptWithoutTheBudget() {
        Retry retry = retry("max-attempts=3 base-delay=1s jitter=none total-timeout=off budget=success:1/1/1");
        ResumableRetry resumable = retry.driver().resumable();
        assertThat(retry.budget().tryAcquire(ErrorKind.CONNECT)).isTrue();
        CallState deferred = again(resumable, resumable.begin()).state();
        assertThat(deferred.payment().deferred()).isPresent();

        AttemptResult.Ended<String> end = (AttemptResult.Ended<String>)
                resumable.<String>failedElsewhere(deferred, new IllegalStateException("fatal"));

        assertThat(end.reason()).isEqualTo(StopReason.FATAL);
        assertThat(end.history().attempts()).isEqualTo(2);
    }

    @Test
    void wallClock_thatWasSetBack_countsAsNoTime() {
        ResumableRetry retry = retry("max-attempts=9 jitter=none total-timeout=1m budget=off")
                .driver()
                .resumable();
        CallState ahead = CallState.begin(time.wallTime().plusSeconds(86_400));
        assertThat(again(retry, ahead).state().first().get(0).startNanos()).isZero();
    }

    @Test
    void rejectedRetry_isDeferredWithoutAnAttempt_untilTheBudgetGrantsIt() {
        Retry retry =
                retry("max-attempts=3 base-delay=1s max-delay=60s jitter=none total-timeout=off budget=success:1/1/1");
        ResumableRetry resumable = retry.driver().resumable();
        // Another call has spent the only token.
        assertThat(retry.budget().tryAcquire(ErrorKind.CONNECT)).isTrue();

        probe(resumable);

        AttemptResult.Again<String> rejected = again(resumable, resumable.begin());
        assertThat(rejected.isDeferred()).isTrue();
        assertThat(rejected.delay()).isEqualTo(Duration.ofSeconds(1));

        AttemptResult.Again<String> deferred =
                again(resumable, CallState.decode(rejected.state().encode()));
        assertThat(deferred.isDeferred()).isTrue();
        assertThat(deferred.state().number()).isEqualTo(2);
        assertThat(deferred.delay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(deferred.state().first().get(0).delayNanos()).hasValue(3_000_000_000L);
        assertThat(retry.counts().attempts()).isZero();

        retry.run(() -> {});
        AttemptResult.Ended<String> end = (AttemptResult.Ended<String>)
                resumable.attempt(deferred.state(), attempt -> "attempt " + attempt.number());
        assertThat(end.outcome()).isEqualTo(Outcome.success("attempt 2"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(1);
    }

    @Test
    void deferrals_growToFiveMinutes_andStaySpread() {
        RetryPolicy policy = RetryPolicy.parse("base-delay=1s max-delay=1d total-timeout=60d");
        Attempt attempt = new Attempt(2, 0, 1_000_000_000L);
        TreeSet<Long> delays = new TreeSet<>();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            delays.add(policy.deferNanos(attempt, 30, random.nextDouble()).getAsLong());
        }
        assertThat(delays).hasSizeGreaterThan(990);
        assertThat(Duration.ofNanos(delays.last())).isBetween(Duration.ofSeconds(298), Duration.ofSeconds(300));
        assertThat(Duration.ofNanos(delays.first())).isLessThan(Duration.ofSeconds(152));
        assertThat(policy.deferNanos(attempt, 3, 0.5).getAsLong()).isLessThan(20_000_000_000L);
    }

    @Test
    void rejectedRetry_whoseDeferralWouldReachTheTotalTimeout_endsTheCall() {
        Retry retry = retry("max-attempts=3 base-delay=1s jitter=none total-timeout=4s budget=success:1/1/1");
        ResumableRetry resumable = retry.driver().resumable();
        assertThat(retry.budget().tryAcquire(ErrorKind.CONNECT)).isTrue();
        CallState state = again(resumable, resumable.begin()).state();
        time.advance(Duration.ofSeconds(3));
        probe(resumable);
        long before = retry.counts().attempts();

        AttemptResult.Ended<String> end = ended(resumable, state);

        assertThat(end.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(end.history().attempts()).isEqualTo(1);
        assertThat(retry.counts().attempts()).isEqualTo(before + 1);
    }

    /** A deferred retry of another call goes on without the budget, and fails: the next one is not due for some time. */
    private void probe(ResumableRetry resumable) {
        CallState other = again(resumable, resumable.begin()).state();
        assertThat(again(resumable, other).state().number()).isEqualTo(3);
    }

    @Test
    void deferredRetries_whenNoOtherCallSucceeds_goOnOneByOneAndFasterWhileTheySucceed() {
        // The smallest share of deposits, and a budget that is empty: without a pace no call would ever be retried.
        String policy = "max-attempts=99 base-delay=1s max-delay=1m total-timeout=7d budget=success:0.01/1/1";
        Recovery recovery = new Recovery(retry(policy).driver().resumable(), time);

        recovery.run(2_000, Duration.ofSeconds(30));

        assertThat(recovery.succeeded).isEqualTo(2_000);
        assertThat(recovery.attemptsIn(1, 30)).isLessThan(40);
        assertThat(recovery.attemptsIn(30, 42)).isLessThan(200);
        assertThat(time.wallTime()).isBefore(recovery.begun.plusSeconds(300));
    }

    /** Calls that all fail for a time, and succeed afterwards; no others are made. */
    private static final class Recovery {
        private final ResumableRetry retry;
        private final VirtualTime time;
        private final Instant begun;
        private final PriorityQueue<Due> due =
                new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::call));
        private final TreeMap<Long, Integer> attempts = new TreeMap<>();
        private int succeeded;

        private record Due(Instant at, int call, CallState state) {}

        Recovery(ResumableRetry retry, VirtualTime time) {
            this.retry = retry;
            this.time = time;
            this.begun = time.wallTime();
        }

        void run(int calls, Duration outage) {
            for (int call = 0; call < calls; call++) {
                due.add(new Due(begun, call, retry.begin()));
            }
            while (!due.isEmpty()) {
                Due next = due.remove();
                if (next.at().isAfter(time.wallTime())) {
                    time.advance(Duration.between(time.wallTime(), next.at()));
                }
                AttemptResult<String> result = retry.attempt(next.state(), attempt -> {
                    long second = Duration.between(begun, time.wallTime()).toSeconds();
                    attempts.merge(second, 1, Integer::sum);
                    if (second < outage.toSeconds()) {
                        throw new ConnectException("refused");
                    }
                    return "ok";
                });
                if (result instanceof AttemptResult.Again<String> again) {
                    due.add(new Due(time.wallTime().plus(again.delay()), next.call(), again.state()));
                } else {
                    succeeded += ((AttemptResult.Ended<String>) result).reason() == StopReason.ACCEPTED ? 1 : 0;
                }
            }
        }

        int attemptsIn(long from, long to) {
            return attempts.subMap(from, to).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        }
    }

    /** A first attempt goes first: deferred retries leave it room. */
    @Test
    void overloadOfAFirstAttempt_slowsDownDeferredRetries() {
        Retry retry = retry("max-attempts=99 base-delay=1s max-delay=1m total-timeout=7d budget=success:0.01/1/1");
        ResumableRetry resumable = retry.driver().resumable();
        // The budget is empty after this.
        while (retry.budget().tryAcquire(ErrorKind.CONNECT)) {}
        assertThat(resumable.deferredRetriesLeft()).isEqualTo(1);
        AttemptResult<String> overloaded = resumable.attempt(resumable.begin(), attempt -> {
            throw new TimeoutException("too slow");
        });
        CallState deferred = ((AttemptResult.Again<String>) overloaded).state();
        assertThat(deferred.payment().deferred()).contains(ErrorKind.TIMEOUT);
        resumable.attempt(deferred, attempt -> "ok");
        time.advance(Duration.ofMillis(1_100));
        assertThat(resumable.deferredRetriesLeft())
                .as("half of one a second, and a fifth")
                .isZero();
        time.advance(Duration.ofMillis(900));
        assertThat(resumable.deferredRetriesLeft()).isEqualTo(1);
    }

    @Test
    void deferredRetriesLeft_withoutABudget_isWithoutLimit() {
        assertThat(retry("max-attempts=3 budget=off").driver().resumable().deferredRetriesLeft())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void rejectedRetry_withoutDeferral_endsTheCall() {
        Retry retry = retry("max-attempts=3 base-delay=1s jitter=none budget=success:1/1/1");
        assertThat(retry.budget().tryAcquire(ErrorKind.CONNECT)).isTrue();
        ResumableRetry resumable = retry.driver().resumable().withoutDeferral();
        assertThat(ended(resumable, resumable.begin()).reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
    }

    @Test
    void policy_withBudgetWait_isRefusedWithTheRemedy() {
        assertThatThrownBy(() -> retry("budget-wait=20s").driver().resumable())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("budget-wait=20s")
                .hasMessageContaining("budget-wait=off");
    }

    @Test
    void attempt_thatExceedsItsTime_isInterrupted() {
        Retry retry = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=2 attempt-timeout=20ms budget=off"), TimeSource.system());
        ResumableRetry resumable = retry.driver().resumable();
        AttemptResult<String> result = resumable.attemptWithInterrupt(resumable.begin(), attempt -> {
            TimeSource.system().sleep(60_000_000_000L);
            return "too late";
        });
        assertThat(((AttemptResult.Again<String>) result).state().first().get(0).outcome())
                .isEqualTo("timeout");
    }

    @Test
    void decode_ofWhatWasEncoded_isEqual() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            CallState state = randomState(random);
            assertThat(CallState.decode(state.encode())).isEqualTo(state);
        }
    }

    @Test
    void decode_ofDamagedBytes_isRefused() {
        byte[] bytes = CallState.begin(Instant.EPOCH).encode();
        assertThatThrownBy(() -> CallState.decode(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CallState.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 bytes follow its end");
        bytes[0] = 9;
        assertThatThrownBy(() -> CallState.decode(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 9");
    }

    private static CallState randomState(Random random) {
        return new CallState(
                1 + random.nextInt(1_000_000),
                random.nextInt(1_000_000),
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
                new CallState.Payment(
                        random.nextBoolean() ? Optional.empty() : Optional.of(ErrorKind.ofStatus(503)),
                        random.nextBoolean()
                                ? Optional.empty()
                                : Optional.of(new Grant(ErrorKind.TIMEOUT, random.nextDouble(), 2)),
                        random.nextBoolean() ? Optional.empty() : Optional.of(ErrorKind.of("lost")),
                        random.nextInt(100)),
                entries(random),
                entries(random));
    }

    private static List<History.Entry> entries(Random random) {
        return random.ints(random.nextInt(History.MAX_LISTED + 1), 1, 100)
                .mapToObj(number -> new History.Entry(
                        number,
                        "outcome-" + number,
                        random.nextLong(),
                        random.nextLong(),
                        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong())))
                .toList();
    }

    private static AttemptResult.Again<String> again(ResumableRetry retry, CallState state) {
        return (AttemptResult.Again<String>) retry.attempt(state, FAILS);
    }

    private static AttemptResult.Ended<String> ended(ResumableRetry retry, CallState state) {
        return (AttemptResult.Ended<String>) retry.attempt(state, FAILS);
    }
}
