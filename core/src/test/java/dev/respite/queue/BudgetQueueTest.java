package dev.respite.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BudgetQueueTest {

    private static final long LATENCY = Duration.ofMillis(1).toNanos();

    private final VirtualTime time = new VirtualTime();
    private final BudgetQueue queue = new BudgetQueue();

    private WaitingCall waiting() {
        WaitingCall call = queue.admit(10, time).orElseThrow();
        assertThat(call.begin()).isTrue();
        call.enqueue(Duration.ofMinutes(1).toNanos());
        return call;
    }

    /** The credit of two releases is there, and the release of the first call cancels the second one. */
    @Test
    void release_ofACallThatHasJustLeft_isGivenToTheNext() {
        for (int i = 0; i < 100; i++) {
            queue.succeeded(LATENCY, 0);
        }
        WaitingCall first = waiting();
        WaitingCall leaving = waiting();
        WaitingCall next = waiting();
        var unused = first.whenComplete((released, error) -> leaving.cancel(true));

        queue.succeeded(LATENCY, 0);
        assertThat(first).isCompletedWithValue(true);
        assertThat(leaving).isCancelled();
        assertThat(next).isNotDone();
        queue.succeeded(LATENCY, 0);
        assertThat(next).isCompletedWithValue(true);
    }
}
