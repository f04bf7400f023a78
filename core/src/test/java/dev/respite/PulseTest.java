package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The task before the timeouts. */
class PulseTest {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Pulse pulse = new Pulse(timer);

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    @Test
    void precede_timeouts_isOneTaskBeforeAllOfThem() {
        for (int i = 0; i < 100; i++) {
            pulse.precede(TimeUnit.SECONDS.toNanos(30));
            Future<?> timeout = timer.schedule(() -> {}, 30, TimeUnit.SECONDS);
            assertThat(timer.getQueue().peek()).as("the next task").isNotSameAs(timeout);
        }
        assertThat(timer.getQueue()).hasSizeLessThanOrEqualTo(101);
    }

    @Test
    void precede_shortDelay_doesNothing() {
        pulse.precede(TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(timer.getQueue()).isEmpty();
    }

    @Test
    void precede_nothingMore_endsByItself() {
        pulse.precede(TimeUnit.SECONDS.toNanos(30));
        await().untilAsserted(() -> assertThat(timer.getQueue()).isEmpty());
        pulse.precede(TimeUnit.SECONDS.toNanos(30));
        assertThat(timer.getQueue()).as("it begins again").isNotEmpty();
    }
}
