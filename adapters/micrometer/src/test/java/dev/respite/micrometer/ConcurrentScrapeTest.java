package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Scrapes while calls are made, end, and meet kinds of error for the first time. */
class ConcurrentScrapeTest {

    private static final int CALLERS = 3;
    private static final int CALLS = 20_000;

    /** A scraper takes a counter that falls for a restart of the process, and adds all of it again. */
    @Test
    void counters_readWhileCallsEnd_neverFall() throws Exception {
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=20 backoff=immediate total-timeout=off budget=off"));
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (ScrapeTarget target = new ScrapeTarget()) {
            RetryMetrics.of(retry).bindTo(target.registry);
            List<Future<?>> running = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                running.add(callers.submit(() -> call(retry)));
            }
            Map<String, Double> highest = new HashMap<>();
            int scrapes = 0;
            while (running.stream().anyMatch(caller -> !caller.isDone()) || scrapes < 2) {
                assertNoneFell(highest, Scrape.parse(target.registry.scrape()));
                scrapes++;
            }
            for (Future<?> caller : running) {
                caller.get(60, TimeUnit.SECONDS);
            }
            Scrape last = target.scrape();
            assertNoneFell(highest, last);
            double calls = CALLERS * CALLS;
            assertThat(sum(last, "respite_calls_total")).isEqualTo(calls);
            assertThat(sum(last, "respite_calls_by_attempts_total")).isEqualTo(calls);
            assertThat(last.value("respite_attempts_total", "error", "none")).isEqualTo(calls);
            assertThat(sum(last, "respite_attempts_total") - calls)
                    .isEqualTo(last.value("respite_delay_seconds_count"));
        } finally {
            callers.shutdownNow();
        }
    }

    /** Calls of 1 to 15 attempts, each with a kind of error of its own. */
    private static void call(Retry retry) {
        for (int i = 0; i < CALLS; i++) {
            int failures = i % 15;
            int[] left = {failures};
            ErrorKind kind = ErrorKind.of("kind-" + failures);
            retry.driver()
                    .withClassifier(outcome ->
                            outcome instanceof Outcome.Failure<?> ? Verdict.transientError(kind) : Verdict.accept())
                    .call(() -> {
                        if (left[0]-- > 0) {
                            throw new IllegalStateException();
                        }
                        return "answer";
                    });
        }
    }

    private static void assertNoneFell(Map<String, Double> highest, Scrape scrape) {
        for (Scrape.Sample sample : scrape.samples()) {
            double before = highest.merge(sample.name() + sample.labels(), sample.value(), Math::max);
            assertThat(sample.value()).as("%s", sample).isGreaterThanOrEqualTo(before);
        }
    }

    private static double sum(Scrape scrape, String name) {
        return scrape.of(name).stream().mapToDouble(Scrape.Sample::value).sum();
    }
}
