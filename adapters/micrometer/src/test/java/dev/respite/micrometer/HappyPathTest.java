package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that succeeds at once makes no object, though its retry is bound and scraped. Bytes are counted, not time. */
class HappyPathTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WARM_UP = 100_000;
    private static final int CALLS = 1_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"", "total-timeout=off"})
    void call_ofABoundRetry_allocatesNothing(String policy) {
        try (ScrapeTarget target = new ScrapeTarget()) {
            Retry retry = Retry.of(RetryPolicy.parse(policy));
            RetryMetrics.of(retry).bindTo(target.registry);
            assertThat(bytesPerCall(target, retry)).isLessThan(0.01);
            assertThat(target.scrape().value("respite_calls_total", "reason", "accepted"))
                    .isEqualTo(WARM_UP + CALLS);
        }
    }

    /** The measurement sees what a listener costs. */
    @ParameterizedTest
    @ValueSource(strings = {"", "total-timeout=off"})
    void call_ofATimedRetry_allocates(String policy) {
        try (ScrapeTarget target = new ScrapeTarget()) {
            Retry retry = Retry.of(RetryPolicy.parse(policy)).withListener(RetryTimers.of(target.registry));
            assertThat(bytesPerCall(target, retry)).isGreaterThan(100);
        }
    }

    private static double bytesPerCall(ScrapeTarget target, Retry retry) {
        Object response = new Object();
        Operation.Simple<Object, RuntimeException> operation = () -> response;
        allocated(retry, operation, WARM_UP);
        target.scrape();
        return allocated(retry, operation, CALLS) / (double) CALLS;
    }

    private static long allocated(Retry retry, Operation.Simple<Object, RuntimeException> operation, int calls) {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < calls; i++) {
            retry.call(operation);
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }
}
