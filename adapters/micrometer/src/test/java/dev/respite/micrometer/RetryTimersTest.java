package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Prometheus sees of durations. */
class RetryTimersTest {

    private final ScrapeTarget target = new ScrapeTarget();
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void close() {
        target.close();
    }

    private Retry timed(String policy) {
        return Retry.of(RetryPolicy.parse(policy), time)
                .withName("quotes")
                .withListener(RetryTimers.of(target.registry));
    }

    /** Takes so long, then fails. */
    private void fail(Retry retry, Duration took, Exception failure) {
        assertThatThrownBy(() -> retry.call(() -> {
                    time.advance(took);
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void calls_areTimedWithTheirDelays_byOutcomeAndReason() {
        Retry retry = timed("max-attempts=3 backoff=fixed base-delay=250ms jitter=none budget=off");
        retry.call(() -> {
            time.advance(Duration.ofMillis(500));
            return "answer";
        });
        fail(retry, Duration.ofMillis(125), new SocketTimeoutException());
        Scrape scrape = target.scrape();

        assertThat(scrape.keys("respite_call_duration_seconds_count"))
                .containsExactly(Set.of("name", "outcome", "reason"));
        assertThat(scrape.value("respite_call_duration_seconds_sum", "name", "quotes", "outcome", "success"))
                .isEqualTo(0.5);
        assertThat(scrape.value("respite_call_duration_seconds_count", "reason", "attempts-exhausted"))
                .isEqualTo(1);
        assertThat(scrape.value("respite_call_duration_seconds_sum", "outcome", "failure"))
                .isEqualTo(3 * 0.125 + 2 * 0.25);
    }

    @Test
    void attempts_areTimedByTheKindOfTheirError() {
        Retry retry = timed("max-attempts=3 backoff=fixed base-delay=250ms jitter=none budget=off");
        fail(retry, Duration.ofMillis(125), new SocketTimeoutException());
        fail(retry, Duration.ofMillis(500), new IllegalStateException());
        retry.call(() -> "at once");
        Scrape scrape = target.scrape();

        assertThat(scrape.keys("respite_attempt_duration_seconds_count")).containsExactly(Set.of("name", "error"));
        assertThat(scrape.by("error", "respite_attempt_duration_seconds_count"))
                .isEqualTo(Map.of("timeout", 3.0, "other", 1.0, "none", 1.0));
        assertThat(scrape.by("error", "respite_attempt_duration_seconds_sum"))
                .isEqualTo(Map.of("timeout", 0.375, "other", 0.5));
    }

    @Test
    void attempt_thatItsCallerBrokeOff_isTimedAsCancelled() {
        Retry retry = timed("");
        CompletableFuture<String> response = retry.callAsync(() -> new CompletableFuture<>());
        time.advance(Duration.ofMillis(125));
        response.cancel(false);
        Scrape scrape = target.scrape();

        assertThat(scrape.by("outcome", "respite_call_duration_seconds_sum")).isEqualTo(Map.of("cancelled", 0.125));
        assertThat(scrape.by("error", "respite_attempt_duration_seconds_sum")).isEqualTo(Map.of("cancelled", 0.125));
    }

    @Test
    void attempts_ofALongCall_areTheFirstAndTheLast() {
        Retry retry = timed("max-attempts=30 backoff=immediate budget=off");
        fail(retry, Duration.ofMillis(1), new SocketTimeoutException());

        assertThat(target.scrape().value("respite_attempt_duration_seconds_count", "error", "timeout"))
                .isEqualTo(16);
    }

    @Test
    void attempts_withKindsMadeOfData_areBoundedInNumber() {
        Retry retry = timed("max-attempts=1");
        for (int i = 0; i < 1_000; i++) {
            ErrorKind kind = ErrorKind.of("user-" + i);
            fail(
                    retry.driver().withClassifier(outcome -> Verdict.transientError(kind)),
                    Duration.ofMillis(1),
                    new IOException());
        }
        Scrape scrape = target.scrape();

        assertThat(scrape.of("respite_attempt_duration_seconds_count")).hasSize(65);
        assertThat(scrape.value("respite_attempt_duration_seconds_count", "error", "other"))
                .isEqualTo(1_000 - 64);
    }

    @Test
    void timers_ofOneListener_serveSeveralRetries() {
        Retry quotes = timed("");
        quotes.call(() -> "one");
        quotes.withName("orders").call(() -> "two");

        assertThat(target.scrape().by("name", "respite_call_duration_seconds_count"))
                .isEqualTo(Map.of("quotes", 1.0, "orders", 1.0));
    }

    @Test
    void timers_stayBesideTheCountersOfTheSameRetry() {
        Retry retry = timed("");
        RetryMetrics.of(retry).bindTo(target.registry);
        retry.call(() -> "answer");
        Scrape scrape = target.scrape();

        assertThat(scrape.value("respite_calls_total", "reason", "accepted")).isEqualTo(1);
        assertThat(scrape.value("respite_call_duration_seconds_count", "reason", "accepted"))
                .isEqualTo(1);
    }

    @Test
    void histograms_areTheRegistrysToSay() {
        target.registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("respite.call.duration")
                        ? DistributionStatisticConfig.builder()
                                .serviceLevelObjectives(1e8, 1e9)
                                .build()
                                .merge(config)
                        : config;
            }
        });
        timed("").call(() -> {
            time.advance(Duration.ofMillis(500));
            return "answer";
        });
        Scrape scrape = target.scrape();

        assertThat(scrape.value("respite_call_duration_seconds_bucket", "le", "0.1"))
                .isZero();
        assertThat(scrape.value("respite_call_duration_seconds_bucket", "le", "1.0"))
                .isEqualTo(1);
    }
}
