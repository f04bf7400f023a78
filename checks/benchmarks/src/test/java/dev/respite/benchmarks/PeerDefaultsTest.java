package dev.respite.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.RealTime;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.util.backoff.BackOffExecution;

/** The table of the README: what the peers do when they are given no options. */
class PeerDefaultsTest {

    private final AtomicInteger attempts = new AtomicInteger();

    /** A programming error, which no other try can change. */
    private Object fail() {
        attempts.incrementAndGet();
        throw new IllegalArgumentException("no such account");
    }

    @Test
    void resilience4j_makesThreeAttempts_halfASecondApart_atAnyException() {
        RetryConfig config = RetryConfig.ofDefaults();
        assertThat(config.getMaxAttempts()).isEqualTo(3);
        assertThat(config.getExceptionPredicate().test(new IllegalArgumentException()))
                .isTrue();
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(config.getIntervalBiFunction().apply(attempt, null)).isEqualTo(500);
        }
    }

    @Test
    void failsafe_makesThreeAttempts_atOnce_atAnyException() {
        dev.failsafe.RetryPolicy<Object> policy = dev.failsafe.RetryPolicy.ofDefaults();
        assertFails(() -> dev.failsafe.Failsafe.with(policy).get(this::fail), IllegalArgumentException.class);
        assertThat(attempts).hasValue(3);
        assertThat(policy.getConfig().getDelay()).isEqualTo(Duration.ZERO);
        assertThat(policy.getConfig().getJitter()).isNull();
        assertThat(policy.getConfig().getJitterFactor()).isZero();
        assertThat(policy.getConfig().getMaxDuration()).isNull();
    }

    @Test
    void spring7_makesFourAttempts_aSecondApart_atAnyException() {
        RetryPolicy policy = RetryPolicy.withDefaults();
        assertThat(policy.shouldRetry(new IllegalArgumentException())).isTrue();
        BackOffExecution delays = policy.getBackOff().start();
        for (int retry = 1; retry <= 3; retry++) {
            assertThat(delays.nextBackOff()).isEqualTo(1_000);
        }
        assertThat(delays.nextBackOff()).isEqualTo(BackOffExecution.STOP);
    }

    @Test
    void springRetry_makesThreeAttempts_atOnce_atAnyException() throws Exception {
        RetryTemplate template = new RetryTemplate();
        RealTime.assertTakesAtMost(Duration.ofSeconds(1), () -> {
            attempts.set(0);
            assertFails(() -> template.execute(context -> fail()), IllegalArgumentException.class);
            assertThat(attempts).hasValue(3);
        });
    }

    @Test
    void respite_doesNotRetryWhatCannotSucceed() {
        assertFails(() -> dev.respite.Retry.withDefaults().call(this::fail), IllegalArgumentException.class);
        assertThat(attempts).hasValue(1);
    }

    private static void assertFails(ThrowingCallable call, Class<? extends Throwable> error) {
        Assertions.assertThatThrownBy(call).isInstanceOf(error);
    }
}
