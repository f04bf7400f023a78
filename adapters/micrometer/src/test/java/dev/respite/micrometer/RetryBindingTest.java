package dev.respite.micrometer;

import static dev.respite.micrometer.RetryMetricsTest.fail;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retries of one name or of several are bound to a registry. */
class RetryBindingTest {

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

    @Test
    void counts_ofWhatIsMadeByWith_belongToTheNameThatIsBound() {
        Retry retry = bound("max-attempts=1");
        retry.withListener(event -> {}).call(() -> "one");
        retry.withPolicy(RetryPolicy.defaults()).call(() -> "two");
        retry.withName("other").call(() -> "not counted here");

        assertThat(target.scrape().value("respite_calls_total", "reason", "accepted"))
                .isEqualTo(2);
    }

    @Test
    void bindTo_ofTwoNames_showsBoth() {
        Retry quotes = bound("");
        Retry orders = quotes.withName("orders");
        RetryMetrics.of(orders).bindTo(target.registry);
        quotes.call(() -> "one");
        IntStream.range(0, 2).forEach(call -> orders.call(() -> "two"));
        Scrape scrape = target.scrape();

        assertThat(scrape.by("name", "respite_calls_total")).isEqualTo(Map.of("quotes", 1.0, "orders", 2.0));
    }

    @Test
    void bindTo_ofOneNameTwice_goesOnToReadTheFirst_andWarns() {
        Retry first = bound("budget=10%");
        first.call(() -> "one");
        Retry second = Retry.of(RetryPolicy.parse("budget=aws-2.0"), time).withName("quotes");
        IntStream.range(0, 5).forEach(call -> second.call(() -> "two"));
        int before = target.registry.getMeters().size();

        List<String> warnings =
                LoggedWarnings.during(() -> RetryMetrics.of(second).bindTo(target.registry));
        Scrape scrape = target.scrape();

        assertThat(warnings).singleElement().asString().contains("retry 'quotes' is not bound", "withName");
        assertThat(target.registry.getMeters()).hasSize(before);
        assertThat(scrape.value("respite_calls_total", "reason", "accepted")).isEqualTo(1);
        assertThat(scrape.value("respite_budget_balance")).isEqualTo(10);
    }

    /** Common tags, a filter, other names: the registry's meters are compared, not their names. */
    @Test
    void bindTo_ofOneNameTwice_warnsWhateverFiltersMakeOfTheName() {
        target.registry.config().commonTags("region", "eu").meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.withName("app." + id.getName());
            }
        });
        List<String> none = LoggedWarnings.during(() -> bound(""));
        List<String> one = LoggedWarnings.during(() -> bound(""));

        assertThat(none).isEmpty();
        assertThat(one).hasSize(1);
        assertThat(target.scrape().value("app_respite_calls_total", "region", "eu", "reason", "fatal"))
                .isZero();
    }

    @Test
    void bindTo_aRetryThatNothingElseHolds_goesOnToShowItsCounts() {
        bindAndForget(target.registry);
        Garbage.collect();
        Scrape scrape = target.scrape();

        assertThat(scrape.value("respite_calls_total", "reason", "accepted")).isEqualTo(3);
        assertThat(scrape.value("respite_calls_by_attempts_total", "attempts", "1"))
                .isEqualTo(3);
        assertThat(scrape.value("respite_attempts_total", "error", "none")).isEqualTo(3);
        assertThat(scrape.value("respite_delay_seconds_count")).isEqualTo(1);
        assertThat(scrape.value("respite_delay_seconds_sum")).isEqualTo(0.1);
        assertThat(scrape.value("respite_budget_balance")).isEqualTo(19);
    }

    private static void bindAndForget(MeterRegistry registry) {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=2 jitter=none budget=success:0.000001/20/1");
        Retry retry = Retry.of(policy, new VirtualTime());
        RetryMetrics.of(retry).bindTo(registry);
        IntStream.range(0, 3).forEach(call -> retry.call(() -> "answer"));
        fail(retry, new ConnectException());
    }

    /** Bound before the composite has a registry, and a kind of error that is met later: children get both. */
    @Test
    void bindTo_aComposite_reachesItsChildren() {
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=1"), time).withName("quotes");
        List<String> warnings =
                LoggedWarnings.during(() -> RetryMetrics.of(retry).bindTo(composite));
        composite.add(target.registry);
        SimpleMeterRegistry simple = new SimpleMeterRegistry();
        composite.add(simple);
        fail(
                retry.driver().withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(503))),
                new IOException());
        target.scrape();

        assertThat(warnings).isEmpty();
        assertThat(target.scrape().value("respite_attempts_total", "error", "503"))
                .isEqualTo(1);
        assertThat(simple.get("respite.attempts").tag("error", "503").functionCounter())
                .extracting(FunctionCounter::count)
                .isEqualTo(1.0);
    }
}
