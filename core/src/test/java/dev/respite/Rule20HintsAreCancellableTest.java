package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wait for a server's hint is cancellable, and is waited out if it is not cancelled. */
class Rule20HintsAreCancellableTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Retry retry = Retry.of(RetryPolicy.parse("jitter=none budget=off"), time)
            .withListener(recorder)
            .driver()
            .withClassifier(outcome -> outcome.toString().contains("503")
                    ? Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofSeconds(20))
                    : Verdict.accept());

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void call_interruptedWhileItWaitsForAHint_endsItsWait() {
        time.schedule(Thread.currentThread()::interrupt, 2_000_000_000L);
        assertThat(retry.call(Script.of("503", "200"))).isEqualTo("503");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(time.nanoTime()).isEqualTo(2_000_000_000L);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void call_leftAlone_waitsTheHintOut() {
        assertThat(retry.call(Script.of("503", "200"))).isEqualTo("200");
        assertThat(time.nanoTime()).isEqualTo(20_000_000_000L);
        assertThat(recorder.ended().history().summary()).isEqualTo("2 attempts in 20.0 s: 503 +20.0s, ok");
    }

    @Test
    void call_afterAHint_goesOnFromThePolicysOwnBackoff() {
        RetryPolicy decorrelated =
                RetryPolicy.parse("backoff=decorrelated base-delay=100ms budget=off total-timeout=2m");
        Script script = Script.of("503", "503", "200");
        assertThat(retry.withPolicy(decorrelated.withClassifier(retry.policy().classifier()))
                        .call(script))
                .isEqualTo("200");
        assertThat(script.attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(script.attempts.get(1).lastBackoffNanos()).isBetween(100_000_000L, 300_000_000L);
        assertThat(script.attempts.get(2).lastBackoffNanos()).isBetween(100_000_000L, 900_000_000L);
        assertThat(script.attempts.get(1).elapsed()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
    }
}
