package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.History;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** History is bounded, and the caller's exception is never modified. */
class Rule19HistoryIsBoundedTest {

    private final VirtualTime time = new VirtualTime();

    @Test
    void history_ofAMillionAttempts_keepsTheFirstAndTheLastFew() throws ConnectException {
        RetryPolicy policy = RetryPolicy.parse("unbounded=test backoff=immediate budget=off total-timeout=off");
        AtomicInteger tries = new AtomicInteger();
        RetryEvent[] last = new RetryEvent[1];
        ConnectException failure = new ConnectException();
        String value = Retry.of(policy, time)
                .withListener(event -> last[0] = event)
                .call(() -> {
                    if (tries.incrementAndGet() < 1_000_000) {
                        throw failure;
                    }
                    return "value";
                });
        assertThat(value).isEqualTo("value");
        History history = ((RetryEvent.CallEnded) last[0]).history();
        assertThat(history.attempts()).isEqualTo(1_000_000);
        assertThat(numbers(history.first())).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(numbers(history.last()))
                .containsExactly(999_993, 999_994, 999_995, 999_996, 999_997, 999_998, 999_999, 1_000_000);
        assertThat(history.omitted()).isEqualTo(999_984);
        assertThat(history.summary())
                .hasSizeLessThan(400)
                .contains(", (999984 more), ")
                .endsWith("ok");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void exception_thrownByEveryAttemptOfManyCalls_isTheSameAndUnchanged() {
        ConnectException shared = new ConnectException("shared");
        StackTraceElement[] trace = shared.getStackTrace();
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=10 backoff=immediate budget=off"), time)
                .withListener(event -> {});
        for (int call = 0; call < 100; call++) {
            assertThatThrownBy(() -> retry.call(Script.of(shared))).isSameAs(shared);
        }
        assertThat(shared.getSuppressed()).isEmpty();
        assertThat(shared.getCause()).isNull();
        assertThat(shared.getStackTrace()).isEqualTo(trace);
        assertThat(shared.getMessage()).isEqualTo("shared");
    }

    private static List<Integer> numbers(List<History.Entry> entries) {
        return entries.stream().map(History.Entry::number).toList();
    }
}
