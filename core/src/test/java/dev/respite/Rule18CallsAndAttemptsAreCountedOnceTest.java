package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Calls and attempts are counted separately and once; what they are counted by is fixed and bounded. */
class Rule18CallsAndAttemptsAreCountedOnceTest {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=4 backoff=immediate budget=off");

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @Test
    void counts_ofNothing_areZero() {
        RetryCounts counts = Retry.of(POLICY, time).counts();
        assertCounts(counts, 0, 0, Map.of());
        assertThat(counts.callsByAttempts()).containsOnly(0L).hasSize(RetryCounts.MAX_COUNTED_ATTEMPTS);
        assertThat(counts.errors()).isEmpty();
        assertThat(counts.ended(StopReason.ACCEPTED)).isZero();
    }

    @Test
    void counts_ofOneCallThatFails_areOneCallAndItsAttempts() {
        for (Retry retry :
                new Retry[] {Retry.of(POLICY, time), Retry.of(POLICY, time).withListener(recorder)}) {
            assertThatThrownBy(() -> retry.call(Script.of(new ConnectException())))
                    .isInstanceOf(ConnectException.class);
            assertCounts(retry.counts(), 1, 4, Map.of(StopReason.ATTEMPTS_EXHAUSTED, 1L));
        }
    }

    @Test
    void counts_ofCallsThatSucceed_areTheSameWhetherAtOnceOrLater() {
        for (Retry retry :
                new Retry[] {Retry.of(POLICY, time), Retry.of(POLICY, time).withListener(recorder)}) {
            retry.call(Script.of("value"));
            retry.call(Script.of(new ConnectException(), new ConnectException(), "value"));
            assertCounts(retry.counts(), 2, 4, Map.of(StopReason.ACCEPTED, 2L));
        }
    }

    @Test
    void counts_ofAsynchronousCalls_areThoseOfBlockingOnes() {
        Object[][] scripts = {
            {"value"}, {new ConnectException()}, {new ConnectException(), "value"}, {new IllegalStateException()}
        };
        Retry blocking = Retry.of(POLICY, time);
        Retry asynchronous = Retry.of(POLICY, time);
        for (Object[] outcomes : scripts) {
            try {
                blocking.call(Script.of(outcomes));
            } catch (Exception expected) {
                assertThat(outcomes).contains(expected);
            }
            asynchronous.callAsync(AsyncScript.of(outcomes));
            time.runAll();
        }
        assertThat(asynchronous.counts()).isEqualTo(blocking.counts());
        assertThat(asynchronous.counts().calls()).isEqualTo(4);
    }

    @Test
    void counts_ofACallThatIsCancelled_areOneCallAndItsAttempts() {
        Retry retry = Retry.of(POLICY, time);
        AsyncScript script = AsyncScript.of(new ConnectException(), AsyncScript.PENDING);
        CompletableFuture<Object> call = retry.callAsync(script);
        time.advance(Duration.ofSeconds(1));
        call.cancel(true);
        script.pending(2).complete("late");
        assertCounts(retry.counts(), 1, 2, Map.of(StopReason.CANCELLED, 1L));
    }

    @Test
    void counts_ofRandomCalls_agreeWithWhatListenersReceived() {
        Retry retry = Retry.of(POLICY, time).withListener(recorder);
        Random random = new Random(18);
        Map<StopReason, Long> expected = new EnumMap<>(StopReason.class);
        int attempts = 0;
        for (int i = 0; i < 500; i++) {
            Object[] outcomes = new Object[4];
            for (int j = 0; j < 4; j++) {
                outcomes[j] = switch (random.nextInt(4)) {
                    case 0 -> "value";
                    case 1 -> new IllegalStateException();
                    case 2 -> new TimeoutException();
                    default -> new ConnectException();
                };
            }
            Script script = Script.of(outcomes);
            try {
                retry.call(script);
            } catch (Exception expectedNow) {
                assertThat(outcomes).contains(expectedNow);
            }
            attempts += script.ran();
        }
        for (RetryEvent.CallEnded ended : recorder.all(RetryEvent.CallEnded.class)) {
            expected.merge(ended.reason(), 1L, Long::sum);
        }
        assertThat(expected).hasSize(3);
        assertCounts(retry.counts(), 500, attempts, expected);
    }

    private static void assertCounts(RetryCounts counts, long calls, long attempts, Map<StopReason, Long> endings) {
        assertThat(counts.calls()).isEqualTo(calls);
        assertThat(counts.attempts()).isEqualTo(attempts);
        assertThat(counts.endings()).isEqualTo(endings);
        assertThat(counts.callsByAttempts().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(calls);
    }

    @Test
    void counts_ofErrorsSizesWaitsAndRefusals_areWhatHappened() {
        Retry retry = Retry.of(
                RetryPolicy.parse("max-attempts=30 backoff=fixed base-delay=100ms jitter=none budget=success:1/12/1"
                        + " total-timeout=off"),
                time);
        retry.call(Script.of("value"));
        retry.call(Script.of(new ConnectException(), new TimeoutException(), "value"));
        assertThatThrownBy(() -> retry.call(Script.of(new ConnectException()))).isInstanceOf(ConnectException.class);
        RetryCounts counts = retry.counts();
        assertThat(counts.errors()).isEqualTo(Map.of(ErrorKind.CONNECT, 13L, ErrorKind.TIMEOUT, 1L));
        assertThat(counts.callsByAttempts()).containsExactly(1L, 0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(counts.attempts()).isEqualTo(1 + 3 + 12);
        assertThat(counts.delays()).isEqualTo(java.time.Duration.ofMillis(100 * 13));
        assertThat(counts.rejectedByBudget()).isEqualTo(1);
    }

    @Test
    void counts_ofMoreKindsThanAreDistinguished_areOthers() {
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=1"), time)
                .driver()
                .withClassifier(outcome ->
                        Verdict.transientError(ErrorKind.of("kind-" + ((Outcome.Success<?>) outcome).value())));
        for (int i = 0; i < 300; i++) {
            int number = i % 100;
            retry.call(() -> number);
        }
        Map<ErrorKind, Long> errors = retry.counts().errors();
        assertThat(errors).hasSize(65).containsEntry(ErrorKind.of("kind-63"), 3L);
        assertThat(errors.get(ErrorKind.OTHER)).isEqualTo(36 * 3);
    }

    @Test
    void counts_ofOneDerivedByWith_areShared() {
        Retry retry = Retry.of(POLICY, time);
        retry.call(Script.of("value"));
        retry.withListener(recorder).call(Script.of("value"));
        retry.withPolicy(RetryPolicy.defaults()).call(Script.of("value"));
        retry.withBudget(RetryBudgets.of(POLICY.budget())).call(Script.of("value"));
        assertThat(retry.counts().calls()).isEqualTo(4);
    }

    @Test
    void counts_ofOneUnderAnotherName_areItsOwn() {
        Retry retry = Retry.of(POLICY, time);
        Retry other = retry.withName("other");
        other.call(Script.of("value"));
        assertThat(other.counts().calls()).isEqualTo(1);
        assertThat(retry.counts().calls()).isZero();
    }

    @Test
    void kindsOfStatus_areASetThatIsBounded() {
        assertThat(ErrorKind.ofStatus(503)).isEqualTo(ErrorKind.ofStatus(503));
        assertThat(ErrorKind.ofStatus(599).name()).isEqualTo("599");
        assertThat(ErrorKind.ofStatus(600)).isEqualTo(ErrorKind.OTHER);
        assertThat(ErrorKind.ofStatus(99)).isEqualTo(ErrorKind.OTHER);
        assertThatThrownBy(() -> ErrorKind.of("user 4711: " + "x".repeat(40)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
