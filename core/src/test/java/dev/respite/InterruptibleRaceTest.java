package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Cases;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The end of an attempt races the end of its time: an interrupt hits the attempt or nothing. */
@Tag("cases")
class InterruptibleRaceTest {

    private static final int CALLS = Cases.of(20_000);

    /** About as long as the attempts take, so that either may be first. */
    private static final Duration LIMIT = Duration.ofNanos(40_000);

    private final Retry retry = Retry.of(RetryPolicy.parse("max-attempts=1 budget=off total-timeout=off").toBuilder()
            .attemptTimeout(LIMIT)
            .build());

    /** Spins for 0 to 80 µs, and stops if it is interrupted. */
    private static String spins(int call) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < (call % 80) * 1_000L) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return "done";
    }

    private int race() throws Exception {
        int interrupted = 0;
        for (int i = 0; i < CALLS; i++) {
            int call = i;
            try {
                assertThat(retry.<String, InterruptedException>callWithInterrupt(() -> spins(call)))
                        .isEqualTo("done");
            } catch (TimeoutException timeout) {
                interrupted++;
            } catch (InterruptedException late) {
                throw new AssertionError("call " + call + " was interrupted by the limit of an earlier one", late);
            }
            // Nothing is left on the thread, nor comes while its owner goes on.
            for (int look = 0; look < 50; look++) {
                assertThat(Thread.currentThread().isInterrupted())
                        .as("call %d", call)
                        .isFalse();
            }
        }
        return interrupted;
    }

    @Test
    void callInterruptibly_racingItsTime_neverLeaksAnInterrupt() throws Exception {
        int interrupted = race();
        assertThat(interrupted).as("both sides won").isBetween(1, CALLS - 1);
    }

    @Test
    void callInterruptibly_onVirtualThreads_neverLeaksAnInterrupt() throws Exception {
        FutureTask<Integer> task = new FutureTask<>(this::race);
        assumeThat(startVirtual(task)).as("JDK 21 or newer").isTrue();
        assertThat(task.get(60, TimeUnit.SECONDS)).isBetween(1, CALLS - 1);
    }

    /** An interrupt from outside races the end of an attempt whose time is not up: it is seen, as an exception or a flag. */
    @Test
    void callInterruptibly_interruptedFromOutside_neverSwallowsThat() throws Exception {
        Retry patient = Retry.of(RetryPolicy.parse("max-attempts=1 budget=off attempt-timeout=1h total-timeout=off"));
        ExecutorService outside = Executors.newSingleThreadExecutor();
        try {
            Thread caller = Thread.currentThread();
            int seen = 0;
            for (int i = 0; i < CALLS / 4; i++) {
                int call = i;
                CountDownLatch begun = new CountDownLatch(1);
                CompletableFuture<Void> interrupt = new CompletableFuture<>();
                outside.execute(() -> {
                    try {
                        begun.await();
                        spins(call % 40);
                        caller.interrupt();
                        interrupt.complete(null);
                    } catch (InterruptedException ended) {
                        interrupt.completeExceptionally(ended);
                    }
                });
                try {
                    patient.<String, InterruptedException>callWithInterrupt(() -> {
                        begun.countDown();
                        return spins(call);
                    });
                } catch (InterruptedException ended) {
                    assertThat(Thread.interrupted()).as("the flag is restored").isTrue();
                    seen++;
                    interrupt.join();
                    continue;
                }
                interrupt.join(); // which keeps the flag
                assertThat(Thread.interrupted()).as("call %d", call).isTrue();
            }
            assertThat(seen).as("both ways to see it").isBetween(1, CALLS / 4 - 1);
        } finally {
            outside.shutdownNow();
        }
    }

    private static boolean startVirtual(Runnable task) throws ReflectiveOperationException {
        try {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
            return true;
        } catch (NoSuchMethodException older) {
            return false;
        }
    }
}
