package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The history of a call, and its line of summary. */
class HistoryTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    private static History.Entry entry(int number, String outcome, long delayNanos) {
        return new History.Entry(number, outcome, 0, 0, OptionalLong.of(delayNanos));
    }

    private static History history(Duration elapsed, StopReason reason, History.Entry... entries) {
        return new History(entries.length, elapsed, reason, List.of(entries), List.of());
    }

    @Test
    void summary_ofACallThatGaveUp_isTheLineOfTheDesign() {
        Classifier statuses = outcome -> {
            Object value = outcome instanceof Outcome.Success<?> success ? success.value() : "timeout";
            return Verdict.transientError(value.equals(503) ? ErrorKind.ofStatus(503) : ErrorKind.TIMEOUT);
        };
        Iterator<Duration> delays =
                List.of(Duration.ofMillis(104), Duration.ofMillis(210)).iterator();
        RetryPolicy policy = RetryPolicy.builder()
                .backoff((attempt, roll) -> delays.next().toNanos())
                .budget(dev.respite.policy.BudgetSpec.parse("off"))
                .classifier(statuses)
                .build();
        Iterator<Object> values = List.<Object>of(503, "timeout", 503).iterator();
        Retry.of(policy, time).withListener(recorder).call(() -> {
            time.advance(Duration.ofMillis(300));
            return values.next();
        });
        assertThat(recorder.ended().history().summary())
                .isEqualTo("3 attempts in 1.2 s: 503 +104ms, timeout +210ms, 503; gave up: attempts exhausted");
        assertThat(recorder.ended().history())
                .hasToString(recorder.ended().history().summary());
    }

    @Test
    void history_ofACall_saysWhenEachAttemptBeganAndHowLongItTook() {
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=50ms jitter=none");
        time.advance(Duration.ofHours(1));
        List<Object> outcomes = new ArrayList<>(List.of(new ConnectException(), "value"));
        Object value = Retry.of(policy, time).withListener(recorder).call(() -> {
            time.advance(Duration.ofMillis(7));
            Object next = outcomes.remove(0);
            if (next instanceof ConnectException failure) {
                throw SneakyThrow.raise(failure);
            }
            return next;
        });
        assertThat(value).isEqualTo("value");
        History history = recorder.ended().history();
        assertThat(history.elapsed()).isEqualTo(Duration.ofMillis(64));
        assertThat(history.first())
                .containsExactly(
                        new History.Entry(1, "connect", 0, 7_000_000, OptionalLong.of(50_000_000)),
                        new History.Entry(2, "ok", 57_000_000, 7_000_000, OptionalLong.empty()));
        assertThat(history.last()).isEmpty();
        assertThat(history.omitted()).isZero();
        assertThat(history.summary()).isEqualTo("2 attempts in 64 ms: connect +50ms, ok");
    }

    @Test
    void history_withoutTotalTimeout_hasTimesToo() {
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=50ms jitter=none total-timeout=off");
        Retry.of(policy, time).withListener(recorder).call(Script.of(new ConnectException(), "value"));
        assertThat(recorder.ended().history().summary()).isEqualTo("2 attempts in 50 ms: connect +50ms, ok");
    }

    @Test
    void history_ofAFatalError_namesItsClass() {
        for (Throwable error :
                new Throwable[] {new IllegalStateException(), new CompletionException(new IllegalStateException())}) {
            recorder.events.clear();
            assertThatThrownBy(() -> Retry.of(RetryPolicy.defaults(), time)
                            .withListener(recorder)
                            .call(Script.of(error)))
                    .isSameAs(error);
            assertThat(recorder.ended().history().summary())
                    .isEqualTo("1 attempt in 0 ms: IllegalStateException; gave up: fatal");
        }
    }

    @Test
    void summary_ofDurations_choosesTheUnit() {
        assertThat(summary(0)).isEqualTo("1 attempt in 0 ms: ok");
        assertThat(summary(900_000)).isEqualTo("1 attempt in 900 us: ok");
        assertThat(summary(999_999)).isEqualTo("1 attempt in 999 us: ok");
        assertThat(summary(1_000_000)).isEqualTo("1 attempt in 1 ms: ok");
        assertThat(summary(999_999_999)).isEqualTo("1 attempt in 999 ms: ok");
        assertThat(summary(1_000_000_000)).isEqualTo("1 attempt in 1.0 s: ok");
        assertThat(summary(61_250_000_000L)).startsWith("1 attempt in 61.").endsWith(" s: ok");
        assertThat(history(Duration.ZERO, StopReason.ACCEPTED, entry(1, "io", 900_000), entry(2, "io", 0))
                        .summary())
                .isEqualTo("2 attempts in 0 ms: io +900us, io +0ms");
    }

    @Test
    void summary_inALocaleWithOtherDigits_isTheSame() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(summary(1_250_000_000L)).isIn("1 attempt in 1.2 s: ok", "1 attempt in 1.3 s: ok");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void summary_ofEachStopReason_saysItInWords() {
        for (StopReason reason : StopReason.values()) {
            String summary = history(Duration.ZERO, reason, entry(1, "io", 0)).summary();
            assertThat(summary.contains("; gave up: " + reason.phrase())).isEqualTo(reason != StopReason.ACCEPTED);
            assertThat(reason.phrase()).matches("[a-z]+( [a-z]+)*");
        }
    }

    @Test
    void history_upTo16Attempts_omitsNone_andTheSeventeenthOne() {
        for (int attempts : new int[] {8, 9, 16, 17, 18}) {
            recorder.events.clear();
            RetryPolicy policy = RetryPolicy.parse("backoff=immediate budget=off max-attempts=" + attempts);
            assertThatThrownBy(
                            () -> Retry.of(policy, time).withListener(recorder).call(Script.of(new ConnectException())))
                    .isInstanceOf(ConnectException.class);
            History history = recorder.ended().history();
            assertThat(history.omitted()).isEqualTo(Math.max(0, attempts - 16));
            assertThat(history.first()).hasSize(8);
            assertThat(history.last()).hasSize(Math.min(8, attempts - 8));
            assertThat(history.summary().contains("more)")).isEqualTo(attempts > 16);
            assertThat(history.summary().split("connect", -1)).hasSize(Math.min(attempts, 16) + 1);
        }
    }

    @Test
    void history_isACopy() {
        List<History.Entry> entries = new ArrayList<>(List.of(entry(1, "io", 0)));
        History history = new History(1, Duration.ZERO, StopReason.FATAL, entries, entries);
        entries.clear();
        assertThat(history.first()).hasSize(1);
        assertThat(history.last()).hasSize(1);
    }

    private static String summary(long nanos) {
        History.Entry only = new History.Entry(1, "ok", 0, nanos, OptionalLong.empty());
        return history(Duration.ofNanos(nanos), StopReason.ACCEPTED, only).summary();
    }
}
