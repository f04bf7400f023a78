package dev.respite.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timeouts that are cancelled, come due, or are cancelled while they are moved. */
class TimeoutBufferTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final TimeoutBuffer buffer = new TimeoutBuffer(timer, System::nanoTime);

    TimeoutBufferTest() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    @Test
    void schedule_manyThatAreCancelled_addsNoTaskToTheTimerButTheOneThatMoves() {
        // The thread of the timer is busy, so that nothing is moved however long the test takes.
        Future<?> busy = timer.submit(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
        await().until(() -> timer.getQueue().isEmpty());
        for (int i = 0; i < 1_000; i++) {
            Future<?> timeout = buffer.schedule(() -> null, LONG);
            assertThat(timer.getQueue()).hasSize(1).doesNotContain((Runnable) timeout);
            assertThat(timeout.cancel(false)).isTrue();
        }
        assertThat(busy).isNotDone();
    }

    @Test
    void schedule_shortDelay_goesToTheTimerAtOnce() {
        Future<?> timeout = buffer.schedule(() -> null, TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(timer.getQueue().peek()).isSameAs(timeout);
    }

    @Test
    void schedule_notCancelled_runsWhenItIsDueAndNotBefore() throws Exception {
        long begun = System.nanoTime();
        CountDownLatch ran = new CountDownLatch(1);
        buffer.schedule(
                () -> {
                    ran.countDown();
                    return null;
                },
                TimeUnit.MILLISECONDS.toNanos(130));
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(130));
    }

    @Test
    void cancel_afterItWasMoved_removesItFromTheTimer() {
        Future<?> timeout = buffer.schedule(() -> null, LONG);
        await().until(this::hasTaskDueLaterThanAMove);
        assertThat(timeout.cancel(false)).isTrue();
        await().untilAsserted(() -> assertThat(timer.getQueue()).isEmpty());
    }

    @Test
    void schedule_nothingMore_endsByItselfAndBeginsAgain() {
        buffer.schedule(() -> null, LONG).cancel(false);
        await().untilAsserted(() -> assertThat(timer.getQueue()).isEmpty());
        buffer.schedule(() -> null, LONG);
        assertThat(timer.getQueue()).as("the task that moves").hasSize(1);
    }

    @Test
    void schedule_byManyThreads_runsEachThatIsNotCancelledOnceAndNoOther() throws Exception {
        int threads = 4;
        int each = 2_000;
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger ranAlthoughCancelled = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    boolean cancel = i % 3 == 0;
                    Future<?> timeout = buffer.schedule(
                            () -> {
                                (cancel ? ranAlthoughCancelled : ran).incrementAndGet();
                                return null;
                            },
                            TimeUnit.MILLISECONDS.toNanos(60 + i % 40));
                    if (cancel && timeout.cancel(false)) {
                        cancelled.incrementAndGet();
                    }
                }
            });
            thread.start();
            all.add(thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        await().untilAsserted(() -> assertThat(ran.get() + ranAlthoughCancelled.get() + cancelled.get())
                .isEqualTo(threads * each));
        assertThat(ran).hasValue(threads * (each - (each + 2) / 3));
        await().untilAsserted(() -> assertThat(timer.getQueue()).isEmpty());
    }

    private boolean hasTaskDueLaterThanAMove() {
        return timer.getQueue().stream().anyMatch(task -> ((Delayed) task).getDelay(TimeUnit.SECONDS) > 1);
    }
}
