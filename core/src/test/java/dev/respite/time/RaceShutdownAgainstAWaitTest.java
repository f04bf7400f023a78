package dev.respite.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;

/** A scheduler is shut down while calls begin to wait in it, wait, and are over: each call has one end, and soon. */
class RaceShutdownAgainstAWaitTest {

    private static final int CALLS = 500;

    @RepeatedTest(10)
    void shutdown_whileCallsBeginAndEndTheirWaits_leavesNonePending() throws Exception {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(2);
        Retry retry = Retry.withoutWarnings(
                RetryPolicy.parse("backoff=fixed base-delay=1ms budget=off total-timeout=off"),
                TimeSource.on(ForkJoinPool.commonPool(), scheduler));
        AtomicInteger ran = new AtomicInteger();
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(retry.callAsyncWithAttempt(attempt -> {
                ran.incrementAndGet();
                return attempt.number() == 1
                        ? CompletableFuture.failedFuture(new ConnectException())
                        : CompletableFuture.completedFuture("value");
            }));
            if (i == CALLS / 2) {
                ForkJoinPool.commonPool().execute(scheduler::shutdownNow);
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new));
        all.exceptionally(error -> null).get(60, TimeUnit.SECONDS);
        long refused = retry.counts().ended(StopReason.EXECUTOR_REFUSED);
        long accepted = retry.counts().ended(StopReason.ACCEPTED);
        assertThat(refused + accepted).isEqualTo(CALLS);
        assertThat(ran).hasValue((int) (refused + 2 * accepted));
        assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSize((int) refused);
    }
}
