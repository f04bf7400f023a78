package dev.respite.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time that passes only when a test lets it pass. */
class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private TimeSource.Task note(String what) {
        return () -> done.add(what + "@" + time.nanoTime());
    }

    @Test
    void cancelledTasks_areTakenOut_andTheOthersKeepTheirOrder() {
        List<Future<?>> timeouts = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) {
            timeouts.add(time.schedule(note("timeout"), 5_000 - i));
            if (i % 100 == 0) {
                time.schedule(note("task"), i % 300);
                time.schedule(note("again"), i % 300);
            }
        }
        timeouts.forEach(timeout -> timeout.cancel(false));
        time.schedule(note("last"), 200);
        time.runAll();
        assertThat(done)
                .containsExactly(
                        "task@0",
                        "again@0",
                        "task@0",
                        "again@0",
                        "task@0",
                        "again@0",
                        "task@100",
                        "again@100",
                        "task@100",
                        "again@100",
                        "task@100",
                        "again@100",
                        "task@100",
                        "again@100",
                        "task@200",
                        "again@200",
                        "task@200",
                        "again@200",
                        "task@200",
                        "again@200",
                        "last@200");
        // Cancelled tasks do not move the clock.
        assertThat(time.nanoTime()).isEqualTo(200);
    }

    @Test
    void cancelledTasks_areNotKeptUntilTheirTime() {
        List<WeakReference<Future<?>>> seen = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Future<?> timeout = time.schedule(note("timeout"), 1_000_000);
            timeout.cancel(false);
            seen.add(new WeakReference<>(timeout));
        }
        System.gc();
        assertThat(seen.stream().filter(held -> held.get() != null).count()).isLessThan(200);
    }

    @Test
    void sleep_movesTheClockAndRunsWhatFallsDueInOrder() throws InterruptedException {
        time.schedule(note("c"), 30);
        time.schedule(note("a"), 10);
        time.schedule(note("b1"), 20);
        time.schedule(note("b2"), 20);
        time.sleep(20);
        assertThat(done).containsExactly("a@10", "b1@20", "b2@20");
        assertThat(time.nanoTime()).isEqualTo(20);
        time.sleep(100);
        assertThat(done).endsWith("c@30");
        assertThat(time.nanoTime()).isEqualTo(120);
    }

    @Test
    void sleep_ofNothing_movesNothing() throws InterruptedException {
        time.sleep(0);
        time.sleep(-5);
        assertThat(time.nanoTime()).isZero();
    }

    @Test
    void sleep_ofAnInterruptedThread_throwsAndClearsTheFlag() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> time.sleep(10)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(time.nanoTime()).isZero();
    }

    @Test
    void sleep_interruptedByATask_endsAtTheTimeOfTheTask() {
        time.schedule(Thread.currentThread()::interrupt, 7);
        time.schedule(note("later"), 8);
        assertThatThrownBy(() -> time.sleep(10)).isInstanceOf(InterruptedException.class);
        assertThat(time.nanoTime()).isEqualTo(7);
        assertThat(done).isEmpty();
    }

    @Test
    void schedule_byATask_runsInItsTurn() {
        time.schedule(() -> time.schedule(note("second"), 5), 5);
        time.advance(Duration.ofNanos(9));
        assertThat(done).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(done).containsExactly("second@10");
    }

    @Test
    void schedule_cancelled_doesNotRun() {
        Future<?> task = time.schedule(note("cancelled"), 5);
        time.schedule(note("kept"), 5);
        task.cancel(false);
        task.cancel(false);
        time.runAll();
        assertThat(done).containsExactly("kept@5");
    }

    @Test
    void schedule_farBeyondTheEndOfTime_isKept() {
        time.advance(Duration.ofDays(1));
        time.schedule(note("end"), Long.MAX_VALUE);
        time.schedule(note("past"), -5);
        time.advance(Duration.ofDays(1));
        assertThat(done).containsExactly("past@" + Duration.ofDays(1).toNanos());
        time.runAll();
        assertThat(done).endsWith("end@" + Long.MAX_VALUE);
    }

    @Test
    void runAll_runsWhatTasksSchedule_andStopsAtTheLast() {
        time.schedule(() -> time.schedule(() -> time.schedule(note("third"), 1), 1), 1);
        time.runAll();
        assertThat(done).containsExactly("third@3");
        assertThat(time.nanoTime()).isEqualTo(3);
    }

    @Test
    void executor_outsideOfADueTask_waitsUntilTimePasses() {
        time.schedule(note("due before"), 0);
        time.executor().execute(() -> done.add("handed over"));
        assertThat(done).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(done).containsExactly("due before@0", "handed over");
    }

    @Test
    void executor_ofWhatADueTaskHandsOver_runsTheFirstAtOnceAndTheOthersInTurn() {
        time.schedule(
                () -> {
                    time.executor().execute(() -> {
                        time.executor().execute(() -> done.add("inner"));
                        done.add("first");
                    });
                    time.executor().execute(() -> done.add("second"));
                    done.add("task");
                },
                5);
        time.schedule(note("due too"), 5);
        time.runAll();
        assertThat(done).containsExactly("first", "task", "due too@5", "inner", "second");
    }

    @Test
    void executor_afterATaskThatThrew_waitsForItsTurn() {
        time.schedule(
                () -> {
                    throw new IllegalStateException("bug");
                },
                5);
        assertThatThrownBy(time::runAll).hasMessage("bug");
        time.executor().execute(() -> done.add("handed over"));
        assertThat(done).isEmpty();
        time.runAll();
        assertThat(done).containsExactly("handed over");
    }

    @Test
    void callOfManyAttemptsWithoutAWait_needsNoDeepStack() {
        Retry retry = Retry.of(RetryPolicy.parse("backoff=immediate jitter=none budget=off max-attempts=100000"), time);
        CompletableFuture<Integer> call = retry.callAsyncWithAttempt(attempt -> attempt.number() < 100_000
                ? CompletableFuture.failedFuture(new ConnectException())
                : CompletableFuture.completedFuture(attempt.number()));
        time.runAll();
        assertThat(call).isCompletedWithValue(100_000);
    }

    @Test
    void advance_backwards_isRefused() {
        assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wallTime_goesWithTheMonotonicClock() {
        Instant start = time.wallTime();
        time.advance(Duration.ofHours(5));
        assertThat(time.wallTime()).isEqualTo(start.plus(Duration.ofHours(5)));
        assertThat(start).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void roll_ofTheSameSeed_isTheSameSequence() {
        VirtualTime one = new VirtualTime(7);
        VirtualTime same = new VirtualTime(7);
        VirtualTime other = new VirtualTime(8);
        List<Double> rolls = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            double roll = one.roll();
            assertThat(same.roll()).isEqualTo(roll);
            assertThat(roll).isBetween(0.0, Math.nextDown(1.0));
            rolls.add(roll);
            others.add(other.roll());
        }
        assertThat(rolls).isNotEqualTo(others).doesNotHaveDuplicates();
        assertThat(new VirtualTime().roll()).isEqualTo(new VirtualTime(0).roll());
    }

    private final CompletableFuture<String> outside = new CompletableFuture<>();

    private CompletableFuture<String> callTo(List<CompletableFuture<String>> replies) {
        Iterator<CompletableFuture<String>> next = replies.iterator();
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=1s jitter=none budget=off");
        return Retry.of(policy, time).callAsync(next::next);
    }

    @Test
    void runAll_ofAnOperationThatCompletesOutsideOfThisTime_endsItsAttemptInTime() {
        CompletableFuture<String> call = callTo(List.of(outside));
        time.runAll();
        assertThat(outside).isCancelled();
        assertThat(call).isCompletedExceptionally();
        assertThat(time.nanoTime()).isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void advance_noFurtherThanTheDelay_leavesAnOperationOutsideOfThisTimeAllOfIts() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> call = callTo(List.of(first, outside));
        first.completeExceptionally(new ConnectException());
        time.advance(Duration.ofSeconds(1));
        assertThat(outside).isNotDone();
        outside.complete("value");
        assertThat(call).isCompletedWithValue("value");
        assertThat(time.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
    }
}
