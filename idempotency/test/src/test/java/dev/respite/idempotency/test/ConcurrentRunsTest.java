package dev.respite.idempotency.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrentRunsTest {

    @Test
    void run_returnsTheResultOfEachThread() {
        AtomicInteger runs = new AtomicInteger();
        assertThat(ConcurrentRuns.run(16, runs::incrementAndGet)).hasSize(16).doesNotHaveDuplicates();
    }

    @Test
    void run_thatFails_throwsItsFailure() {
        IOException failure = new IOException("down");
        assertThatThrownBy(() -> ConcurrentRuns.run(2, () -> {
                    throw failure;
                }))
                .isInstanceOf(AssertionError.class)
                .hasCause(failure);
    }

    @Test
    void run_thatIsInterrupted_keepsTheFlag() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ConcurrentRuns.run(2, () -> {
                    new CountDownLatch(1).await();
                    return 1;
                }))
                .isInstanceOf(AssertionError.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
