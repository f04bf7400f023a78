package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.ConnectException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The blocking driver needs nothing special on virtual threads: as many calls may wait as there is memory for. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTest {

    private static final int CALLS = 100_000;

    /** We compile for 17, which has no virtual threads. */
    private static ExecutorService virtualThreads() throws Throwable {
        return (ExecutorService) MethodHandles.publicLookup()
                .findStatic(
                        Executors.class,
                        "newVirtualThreadPerTaskExecutor",
                        MethodType.methodType(ExecutorService.class))
                .invoke();
    }

    @Test
    void hundredThousandCalls_waitAtOnceAndEachEndsWhenItsThreadIsInterrupted() throws Throwable {
        Retry retry = Retry.of(
                RetryPolicy.parse("backoff=fixed base-delay=1h max-delay=1h jitter=none budget=off total-timeout=off"));
        ConnectException failure = new ConnectException();
        CountDownLatch waiting = new CountDownLatch(CALLS);
        AtomicInteger ended = new AtomicInteger();
        ExecutorService executor = virtualThreads();
        for (int i = 0; i < CALLS; i++) {
            executor.execute(() -> {
                try {
                    retry.call(() -> {
                        waiting.countDown();
                        throw failure;
                    });
                } catch (ConnectException last) {
                    ended.addAndGet(last == failure && Thread.currentThread().isInterrupted() ? 1 : 0);
                }
            });
        }
        assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ended).as("all of them wait").hasValue(0);
        executor.shutdownNow();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ended).hasValue(CALLS);
        assertThat(retry.counts().ended(StopReason.INTERRUPTED)).isEqualTo(CALLS);
        assertThat(retry.counts().attempts()).isEqualTo(CALLS);
    }
}
