package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Never sleep towards a lost cause: if the delay would reach the total timeout, stop now. */
class Rule08NeverSleepTowardsALostCauseTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @ParameterizedTest
    @CsvSource({
        // delay, duration of each attempt, elapsed at the end, attempts; the total timeout is 200 ms
        "150ms, 0, 150, 2",
        "100ms, 0, 100, 2",
        "99ms, 0, 198, 3",
        "199ms, 0, 199, 2",
        "199ms, 1, 1, 1",
        "10ms, 195, 195, 1",
        "10ms, 250, 250, 1",
        "0ms, 200, 200, 1",
        "0ms, 100, 200, 2",
    })
    void call_whenTheDelayWouldReachTheTotalTimeout_stopsAtOnce(
            String delay, long attemptMillis, long elapsedMillis, int attempts) {
        RetryPolicy policy = RetryPolicy.parse(
                "max-attempts=50 backoff=fixed jitter=none total-timeout=200ms budget=off base-delay=" + delay);
        ConnectException failure = new ConnectException();
        Retry retry = Retry.withoutWarnings(policy, time).withListener(recorder);
        assertThatThrownBy(() -> retry.call(() -> {
                    time.advance(Duration.ofMillis(attemptMillis));
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(time.nanoTime()).isEqualTo(elapsedMillis * 1_000_000);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(recorder.ended().history().attempts()).isEqualTo(attempts);
        assertThat(retry.counts().ended(StopReason.TOTAL_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void call_withoutListener_stopsAtOnceToo() {
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=150ms jitter=none total-timeout=200ms");
        time.advance(Duration.ofDays(1));
        assertThatThrownBy(() -> Retry.withoutWarnings(policy, time).call(Script.of(new ConnectException())))
                .isInstanceOf(ConnectException.class);
        assertThat(time.nanoTime()).isEqualTo(Duration.ofDays(1).plusMillis(150).toNanos());
    }

    @Property(tries = 500)
    void call_whateverTheSeed_waitsForLessThanTheTotalTimeout(
            @ForAll long seed, @ForAll @LongRange(min = 1_000, max = 3_000_000_000L) long total) {
        VirtualTime own = new VirtualTime(seed);
        RetryPolicy policy = RetryPolicy.builder()
                .totalTimeout(Duration.ofNanos(total))
                .maxAttempts(20)
                .build();
        assertThatThrownBy(() -> Retry.withoutWarnings(policy, own).call(Script.of(new ConnectException())))
                .isInstanceOf(ConnectException.class);
        assertThat(own.nanoTime()).isLessThan(total);
    }

    @Test
    void call_withoutTotalTimeout_goesOn() {
        RetryPolicy policy = RetryPolicy.parse(
                "max-attempts=4 backoff=fixed base-delay=240h max-delay=240h jitter=none total-timeout=off");
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> Retry.withoutWarnings(policy, time).call(script))
                .isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(4);
        assertThat(time.nanoTime()).isEqualTo(Duration.ofDays(30).toNanos());
    }
}
