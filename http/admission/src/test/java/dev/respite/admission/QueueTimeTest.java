package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class QueueTimeTest {

    private final FakeClock clock = new FakeClock();
    private final QueueTime queueTime = QueueTime.of(clock);
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final Executor executor = queueTime.wrap(queue::add);
    private final List<OptionalLong> waits = new ArrayList<>();

    private void runNext() {
        queue.remove().run();
    }

    private void take() {
        waits.add(queueTime.takeWaitedNanos());
    }

    @Test
    void wait_isTheTimeFromExecuteUntilTheTaskRuns() {
        executor.execute(this::take);
        clock.advance(Duration.ofMillis(3));
        executor.execute(this::take);
        clock.advance(Duration.ofMillis(4));
        runNext();
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(7_000_000), OptionalLong.of(4_000_000));
    }

    @Test
    void wait_ofATaskThatRunsAtOnce_isZero() {
        queueTime.wrap(Runnable::run).execute(this::take);
        assertThat(waits).containsExactly(OptionalLong.of(0));
    }

    @Test
    void wait_isFixedWhenTheTaskBegins() {
        executor.execute(() -> {
            clock.advance(Duration.ofSeconds(9));
            take();
        });
        clock.advance(Duration.ofMillis(1));
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(1_000_000));
    }

    @Test
    void wait_thatHasBeenTaken_isEmpty() {
        executor.execute(() -> {
            take();
            take();
        });
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(0), OptionalLong.empty());
    }

    @Test
    void wait_outsideOfATask_isEmpty() {
        assertThat(queueTime.takeWaitedNanos()).isEmpty();
        executor.execute(() -> {});
        runNext();
        assertThat(queueTime.takeWaitedNanos()).isEmpty();
    }

    @Test
    void wait_afterATaskThatThrows_isEmpty() {
        executor.execute(() -> {
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(this::runNext).hasMessage("broken");
        assertThat(queueTime.takeWaitedNanos()).isEmpty();
    }

    @Test
    void wait_afterANestedTask_isThatOfTheOuterTask() {
        executor.execute(() -> {
            executor.execute(this::take);
            clock.advance(Duration.ofMillis(2));
            runNext();
            take();
        });
        clock.advance(Duration.ofMillis(5));
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(2_000_000), OptionalLong.of(5_000_000));
        assertThat(queueTime.takeWaitedNanos()).isEmpty();
    }

    @Test
    void wait_ofTheOuterTask_isNotTakenInANestedTask() {
        executor.execute(() -> {
            executor.execute(() -> {
                take();
                take();
            });
            runNext();
        });
        clock.advance(Duration.ofMillis(5));
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(0), OptionalLong.empty());
    }

    @Test
    void wait_ofAnotherMeasurement_isEmpty() {
        executor.execute(() -> waits.add(QueueTime.create().takeWaitedNanos()));
        runNext();
        assertThat(waits).containsExactly(OptionalLong.empty());
    }

    @Test
    void measure_inAnExecuteOfOnesOwn_measuresTheTask() {
        queue.add(queueTime.measure(this::take));
        clock.advance(Duration.ofMillis(6));
        runNext();
        assertThat(waits).containsExactly(OptionalLong.of(6_000_000));
    }

    @Test
    void rejection_ofTheExecutor_passesThrough() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        Executor rejecting = queueTime.wrap(task -> {
            throw full;
        });
        assertThatThrownBy(() -> rejecting.execute(() -> {})).isSameAs(full);
    }

    @Test
    void wait_bySystemTime_isNotNegative() {
        QueueTime system = QueueTime.create();
        system.wrap(Runnable::run).execute(() -> waits.add(system.takeWaitedNanos()));
        assertThat(waits)
                .singleElement()
                .satisfies(wait -> assertThat(wait.orElseThrow()).isNotNegative());
    }
}
