package dev.respite.sim.occ;

import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Backoff;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.RetryPolicyBuilder;
import dev.respite.sim.SimTime;
import dev.respite.sim.scenario.Checks;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.text.Spelling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The experiment of the AWS Architecture Blog's "Exponential Backoff And Jitter": clients that must each write one and the
 * same row once, by optimistic concurrency control. Each try reads the row's version and writes with it; the write is
 * refused if another client has written in the meantime. Messages take |N(10 ms, 2 ms)| each way, delays are made of 5 ms and at
 * most 2 s.
 */
public final class OptimisticLockingExperiment {

    private static final Duration BASE = Duration.ofMillis(5);
    private static final Duration CAP = Duration.ofSeconds(2);

    private static final Map<String, RetryPolicy> STRATEGIES = strategies();

    private OptimisticLockingExperiment() {}

    /**
     * The means of one strategy.
     *
     * @param strategy which
     * @param clients how many clients wrote
     * @param meanTimeMs milliseconds until the last of them had its answer
     * @param meanCalls writes that came to the server
     */
    public record Result(String strategy, int clients, double meanTimeMs, double meanCalls) {}

    /**
     * The strategies: {@code none}, {@code exponential}, {@code equal}, {@code full} and {@code decorrelated} as they were
     * published, and {@code respite-decorrelated}, which collects no draws at the cap.
     *
     * @return the names, in the order in which they are reported
     */
    public static List<String> strategyNames() {
        return List.copyOf(STRATEGIES.keySet());
    }

    /**
     * Runs the experiment.
     *
     * @param strategy one of {@link #strategyNames()}
     * @param clients how many clients write
     * @param repeats how often, each time with another seed
     * @param seed the first seed
     * @return the means
     */
    public static Result run(String strategy, int clients, int repeats, long seed) {
        RetryPolicy policy = STRATEGIES.get(strategy);
        if (policy == null) {
            throw new InvalidScenarioException(
                    "unknown strategy '" + strategy + "'" + Spelling.suggestion(strategy, strategyNames()));
        }
        Checks.range("clients", clients, 1, 1e5);
        Checks.range("repeats", repeats, 1, 1e6);
        List<OptimisticLockingRow> rows = IntStream.range(0, repeats)
                .parallel()
                .mapToObj(repeat -> contend(policy, clients, seed + repeat))
                .toList();
        return new Result(
                strategy,
                clients,
                rows.stream()
                        .mapToDouble(OptimisticLockingRow::lastResponseMillis)
                        .average()
                        .orElse(0),
                rows.stream()
                        .mapToDouble(OptimisticLockingRow::writes)
                        .average()
                        .orElse(0));
    }

    private static OptimisticLockingRow contend(RetryPolicy policy, int clients, long seed) {
        SimTime time = new SimTime(seed);
        OptimisticLockingRow row = new OptimisticLockingRow(time, seed);
        Retry retry = Retry.silent(policy, time);
        for (int client = 0; client < clients; client++) {
            var unused = retry.callAsyncWithAttempt(row::attempt);
        }
        time.runAll();
        return row;
    }

    private static Map<String, RetryPolicy> strategies() {
        Map<String, RetryPolicy> strategies = new LinkedHashMap<>();
        strategies.put("none", policy("backoff=immediate"));
        strategies.put("exponential", policy("backoff=exponential base-delay=10ms max-delay=2s jitter=none"));
        strategies.put("equal", policy("backoff=exponential base-delay=10ms max-delay=2s jitter=equal"));
        strategies.put("full", policy("backoff=exponential base-delay=10ms max-delay=2s jitter=full"));
        Backoff published = OptimisticLockingExperiment::publishedDecorrelated;
        strategies.put("decorrelated", finish(RetryPolicy.builder().backoff(published)));
        strategies.put("respite-decorrelated", policy("backoff=decorrelated base-delay=5ms max-delay=2s"));
        return strategies;
    }

    private static RetryPolicy policy(String text) {
        return finish(RetryPolicy.parse(text).toBuilder());
    }

    private static RetryPolicy finish(RetryPolicyBuilder builder) {
        return builder.unbounded("every client writes in the end")
                .settings(Map.of("total-timeout", "off"))
                .settings(Map.of("budget", "off"))
                .build()
                .withClassifier(OptimisticLockingExperiment::judge);
    }

    private static Verdict judge(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success ? Verdict.accept() : Verdict.transientError(ErrorKind.OTHER);
    }

    /** {@code min(cap, U(base, 3 · previous))}: beyond the cap, all draws are one. */
    private static long publishedDecorrelated(Attempt failed, double roll) {
        long base = BASE.toNanos();
        long previous = Math.max(base, failed.lastBackoffNanos());
        return Math.min(CAP.toNanos(), Math.round(base + roll * (3.0 * previous - base)));
    }
}
