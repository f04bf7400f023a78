package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prometheus sees the series of a retry; {@link RetryBindingTest} binds several. */
class RetryMetricsTest {

    private final ScrapeTarget target = new ScrapeTarget();
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void close() {
        target.close();
    }

    private Retry bound(String policy) {
        Retry retry = Retry.of(RetryPolicy.parse(policy), time).withName("quotes");
        RetryMetrics.of(retry).bindTo(target.registry);
        return retry;
    }

    static void fail(Retry retry, Exception failure) {
        assertThatThrownBy(() -> retry.call(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    /** Fails so often, then answers. */
    private static void recover(Retry retry, int failures, IOException failure) throws IOException {
        int[] left = {failures};
        retry.call(() -> {
            if (left[0]-- > 0) {
                throw failure;
            }
            return "answer";
        });
    }

    @Test
    void bindTo_beforeAnyCall_showsEverySeriesAtZero() {
        bound("");
        Scrape scrape = target.scrape();

        assertThat(scrape.names())
                .containsExactlyInAnyOrder(
                        "respite_calls_total",
                        "respite_attempts_total",
                        "respite_attempts_multiplied_total",
                        "respite_calls_by_attempts_total",
                        "respite_delay_seconds_count",
                        "respite_delay_seconds_sum",
                        "respite_budget_balance",
                        "respite_budget_refused_total");
        assertThat(scrape.samples())
                .filteredOn(sample -> !sample.name().equals("respite_budget_balance"))
                .allSatisfy(sample -> assertThat(sample.value()).isZero());
        assertThat(values(scrape, "respite_calls_total", "reason"))
                .hasSize(StopReason.values().length)
                .contains("accepted", "attempts-exhausted", "retry-forbidden-by-server");
        assertThat(values(scrape, "respite_attempts_total", "error"))
                .containsExactlyInAnyOrder(
                        "none", "timeout", "connect", "throttled", "io", "sql", "result", "rejected", "other");
        assertThat(values(scrape, "respite_calls_by_attempts_total", "attempts"))
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9", "10+");
    }

    /** A new constant of ErrorKind belongs to the kinds that are there from the beginning. */
    @Test
    void bindTo_beforeAnyCall_showsAllKindsThatAreConstants() {
        bound("");
        Set<String> constants = Arrays.stream(ErrorKind.class.getFields())
                .filter(field -> field.getType() == ErrorKind.class)
                .map(field -> field.getName().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());

        assertThat(values(target.scrape(), "respite_attempts_total", "error")).containsAll(constants);
    }

    @Test
    void tagKeys_ofEachName_areFixed() {
        Retry retry = bound("max-attempts=2 jitter=none");
        fail(retry, new SocketTimeoutException());
        fail(retry, new IllegalStateException());
        fail(
                retry.driver().withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(503))),
                new IOException());
        target.scrape();
        Scrape scrape = target.scrape();

        assertThat(scrape.keys("respite_calls_total")).containsExactly(Set.of("name", "outcome", "reason"));
        assertThat(scrape.keys("respite_attempts_total")).containsExactly(Set.of("name", "error"));
        assertThat(scrape.keys("respite_calls_by_attempts_total")).containsExactly(Set.of("name", "attempts"));
        assertThat(scrape.keys("respite_delay_seconds_count")).containsExactly(Set.of("name"));
        assertThat(scrape.keys("respite_budget_balance")).containsExactly(Set.of("name"));
        assertThat(scrape.keys("respite_budget_refused_total")).containsExactly(Set.of("name"));
        assertThat(scrape.keys("respite_attempts_multiplied_total")).containsExactly(Set.of("name"));
    }

    @Test
    void waitsForTheBudget_haveNoMetersWhereCallsDoNotWait() {
        bound("");
        assertThat(target.scrape().types().keySet()).noneMatch(name -> name.startsWith("respite_budget_wait"));
    }

    @Test
    void waitsForTheBudget_haveMetersWhereCallsWait() {
        Retry retry = bound("max-attempts=2 budget=success:0.5/1/1 jitter=none budget-wait=20s");
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(retry.callAsyncWithAttempt(attempt -> attempt.number() == 1
                    ? CompletableFuture.failedFuture(new ConnectException())
                    : CompletableFuture.completedFuture("value")));
        }
        // The budget grants one retry, whose success is not enough for a release; two calls wait.
        time.advance(Duration.ofSeconds(1));
        assertThat(target.scrape().value("respite_budget_waiting", "name", "quotes"))
                .isEqualTo(2);
        calls.get(2).cancel(true);
        for (int i = 0; i < 30; i++) {
            retry.call(() -> "value");
        }
        time.advance(Duration.ofSeconds(1));

        Scrape scrape = target.scrape();
        assertThat(scrape.value("respite_budget_waiting", "name", "quotes")).isZero();
        assertThat(scrape.by("result", "respite_budget_waits_total"))
                .isEqualTo(Map.of("released", 1.0, "cancelled", 1.0));
        assertThat(scrape.value("respite_budget_wait_seconds_count", "name", "quotes"))
                .isEqualTo(2);
        assertThat(scrape.value("respite_budget_wait_seconds_sum", "name", "quotes"))
                .isBetween(1.7, 1.9);
    }

    @Test
    void types_areThoseOfCountersTimersAndGauges() {
        bound("");
        assertThat(target.scrape().types())
                .containsEntry("respite_calls_total", "counter")
                .containsEntry("respite_attempts_total", "counter")
                .containsEntry("respite_calls_by_attempts_total", "counter")
                .containsEntry("respite_delay_seconds", "summary")
                .containsEntry("respite_budget_balance", "gauge")
                .containsEntry("respite_budget_refused_total", "counter");
    }

    @Test
    void calls_ofEachEnding_areCountedOnceByOutcomeAndReason() throws IOException {
        Retry retry = bound("max-attempts=3 jitter=none budget=off");
        retry.call(() -> "at once");
        recover(retry, 2, new ConnectException());
        fail(retry, new ConnectException());
        fail(retry, new IllegalStateException());
        retry.callAsync(() -> new CompletableFuture<String>()).cancel(false);
        Scrape scrape = target.scrape();

        assertThat(scrape.by("reason", "respite_calls_total"))
                .isEqualTo(Map.of("accepted", 2.0, "attempts-exhausted", 1.0, "fatal", 1.0, "cancelled", 1.0));
        assertThat(scrape.by("outcome", "respite_calls_total"))
                .isEqualTo(Map.of("success", 2.0, "failure", 2.0, "cancelled", 1.0));
        assertThat(scrape.value("respite_calls_total", "name", "quotes", "reason", "fatal"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void outcome_ofEachReason_isOneOfThree(StopReason reason) throws IOException {
        Retry retry = bound("");
        if (reason == StopReason.ACCEPTED) {
            retry.call(() -> "answer");
        } else {
            fail(
                    retry.driver().withClassifier(outcome -> Verdict.fatal(reason, ErrorKind.OTHER)),
                    new IOException(reason.phrase()));
        }
        String outcome = switch (reason) {
            case ACCEPTED -> "success";
            case CANCELLED, INTERRUPTED -> "cancelled";
            default -> "failure";
        };

        Scrape scrape = target.scrape();
        String tag = reason.phrase().replace(' ', '-');
        assertThat(scrape.value("respite_calls_total", "reason", tag, "outcome", outcome))
                .isEqualTo(1);
        assertThat(scrape.by("reason", "respite_calls_total")).isEqualTo(Map.of(tag, 1.0));
    }

    /** The caller has a value, but not one that the policy accepts. */
    @Test
    void outcome_ofALastValueThatWasNotAccepted_isFailure() {
        Retry retry = bound("max-attempts=2 jitter=none");
        Classifier busy = outcome -> outcome instanceof Outcome.Success<?>
                ? Verdict.transientError(ErrorKind.ofStatus(503))
                : Verdict.fatal();
        assertThat(retry.driver().withClassifier(busy).call(() -> "503")).isEqualTo("503");

        assertThat(target.scrape().by("outcome", "respite_calls_total")).isEqualTo(Map.of("failure", 1.0));
    }

    @Test
    void attempts_areCountedByTheKindOfTheirError() throws IOException {
        Retry retry = bound("max-attempts=3 jitter=none budget=off");
        retry.call(() -> "at once");
        recover(retry, 1, new SocketTimeoutException());
        recover(retry, 2, new ConnectException());
        fail(retry, new IllegalStateException());

        assertThat(target.scrape().by("error", "respite_attempts_total"))
                .isEqualTo(Map.of("none", 3.0, "timeout", 1.0, "connect", 2.0, "other", 1.0));
    }

    @Test
    void attempts_ofACallThatGoesOn_areCountedWhenTheyEnd() {
        Retry retry = bound("max-attempts=3 jitter=none");
        retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException()));
        Scrape scrape = target.scrape();

        assertThat(scrape.by("error", "respite_attempts_total")).isEqualTo(Map.of("connect", 1.0));
        assertThat(scrape.by("reason", "respite_calls_total")).isEmpty();
    }

    @Test
    void attempts_withAKindThatWasNotSeenBefore_areThereInTheSecondScrapeAtTheLatest() {
        Retry retry = bound("max-attempts=1");
        fail(
                retry.driver().withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(503))),
                new IOException());
        target.scrape();

        assertThat(target.scrape().value("respite_attempts_total", "error", "503"))
                .isEqualTo(1);
    }

    /** URLs and messages of a server may have secrets, control characters and any length. */
    @Test
    void hostileMessages_areInNoTag() {
        String hostile = "https://h/?access_token=hUscret \u001b[2J\r\n" + "x".repeat(1_000_000);
        Retry retry = bound("max-attempts=1");
        fail(retry, new IOException(hostile));
        fail(retry, new IllegalStateException(hostile, new ConnectException(hostile)));
        target.scrape();

        assertThat(target.registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .allSatisfy(value -> assertThat(value).matches("[\\w+-]{1,40}"));
    }

    @Test
    void attempts_withKindsMadeOfData_areBoundedInNumber() {
        Retry retry = bound("max-attempts=1");
        int kinds = 1_000;
        for (int i = 0; i < kinds; i++) {
            ErrorKind kind = ErrorKind.of("user-" + i);
            fail(retry.driver().withClassifier(outcome -> Verdict.transientError(kind)), new IOException());
        }
        target.scrape();
        Scrape scrape = target.scrape();

        assertThat(scrape.of("respite_attempts_total")).hasSizeBetween(60, 80);
        assertThat(scrape.of("respite_attempts_total").stream().mapToDouble(Scrape.Sample::value))
                .satisfies(values ->
                        assertThat(values.stream().mapToDouble(v -> v).sum()).isEqualTo(kinds));
    }

    @Test
    void callsByAttempts_distinguishSizes() throws IOException {
        Retry retry = bound("max-attempts=20 jitter=none total-timeout=off budget=off");
        for (int failures : new int[] {0, 0, 0, 1, 1, 8, 9, 10, 15}) {
            recover(retry, failures, new ConnectException());
        }

        assertThat(target.scrape().by("attempts", "respite_calls_by_attempts_total"))
                .isEqualTo(Map.of("1", 3.0, "2", 2.0, "9", 1.0, "10+", 3.0));
    }

    @Test
    void delay_isTheRetriesMadeAndTheirDelaysInSeconds() throws IOException {
        Retry retry = bound("max-attempts=20 backoff=fixed base-delay=250ms jitter=none budget=off");
        retry.call(() -> "at once");
        recover(retry, 2, new ConnectException());
        recover(retry, 14, new ConnectException());
        Scrape scrape = target.scrape();

        assertThat(scrape.value("respite_delay_seconds_count")).isEqualTo(16);
        assertThat(scrape.value("respite_delay_seconds_sum")).isEqualTo(4.0);
    }

    @Test
    void attemptsThatAreRetriedAfterAnInnerCallGaveUp_areCountedAsMultiplied() {
        Retry outer = bound("max-attempts=3 retry-on=java.io.IOException");
        Retry inner = Retry.withoutWarnings(RetryPolicy.parse("max-attempts=2"), time);
        assertThatThrownBy(() -> outer.call(() -> {
                    try {
                        return inner.call(() -> {
                            throw new ConnectException();
                        });
                    } catch (ConnectException lost) {
                        throw new IOException("no quote");
                    }
                }))
                .hasMessage("no quote");
        assertThat(target.scrape().value("respite_attempts_multiplied_total", "name", "quotes"))
                .isEqualTo(2);
    }

    @Test
    void budget_isItsBalanceAndItsRefusals() {
        Retry retry = bound("max-attempts=2 jitter=none budget=10%");
        assertThat(target.scrape().value("respite_budget_balance")).isEqualTo(10);
        for (int call = 0; call < 13; call++) {
            fail(retry, new ConnectException());
        }
        Scrape drained = target.scrape();
        assertThat(drained.value("respite_budget_balance")).isZero();
        assertThat(drained.value("respite_budget_refused_total")).isEqualTo(3);
        assertThat(drained.by("reason", "respite_calls_total"))
                .isEqualTo(Map.of("attempts-exhausted", 10.0, "budget-exhausted", 3.0));

        IntStream.range(0, 5).forEach(call -> retry.call(() -> "answer"));
        assertThat(target.scrape().value("respite_budget_balance")).isEqualTo(0.5);
    }

    @Test
    void budget_withoutALimit_isInfinite() {
        bound("budget=off");
        assertThat(target.scrape().value("respite_budget_balance")).isEqualTo(Double.POSITIVE_INFINITY);
    }

    private static List<String> values(Scrape scrape, String name, String label) {
        return scrape.of(name).stream()
                .map(sample -> sample.labels().get(label))
                .toList();
    }
}
