package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Many durable calls that are due when an outage begins, in virtual time: instances run them by {@link
 * dev.respite.driver.ResumableRetry}, each with a budget of its own.
 */
public final class DurableBacklog {

    /** How long each attempt fails, in seconds. */
    public static final int OUTAGE_SECONDS = 60;

    private static final int[] INSTANCES = {1, 3, 10};
    private static final int[] RATES = {3, 20, 300};
    private static final int[] LATENCIES = {20, 500};
    private static final int MIN_BUSY_MILLIS = 100;
    private static final double NEW_SHARE = 0.3;

    private static final int WINDOW_CALLS = 100;
    private static final long SECOND = 1_000_000_000L;

    private final Setting setting;
    private final SimTime time;
    private final BacklogTable table = new BacklogTable();
    private final BacklogTarget target;
    private final List<BacklogWorker> workers = new ArrayList<>();
    private final SeededRandom enqueuing;

    /**
     * A backlog and its target.
     *
     * @param instances the instances that run the calls
     * @param threads the threads of each
     * @param rate the requests a second that are served after the outage; the others get the status 503
     * @param latencyMillis how long a request takes that is served
     * @param calls the calls that are there when the outage begins
     * @param newCalls the calls a second that are enqueued all the time, evenly
     * @param seed the seed of the backoff, the polls and the instances that enqueue
     */
    public record Setting(
            int instances, int threads, int rate, int latencyMillis, int calls, double newCalls, long seed) {

        /** The documented setting: there are no other calls, whose successes would pay for retries. */
        public static final Setting DOCUMENTED = new Setting(3, 10, 300, 20, 100_000, 0, 1);

        /** Draws a setting whose backlog the target serves in 333 s at the earliest. The threads suffice for its rate. */
        public static Setting drawn(long seed) {
            SeededRandom random = new SeededRandom(seed, "setting");
            int instances = INSTANCES[random.below(INSTANCES.length)];
            int rate = RATES[random.below(RATES.length)];
            int latencyMillis = LATENCIES[random.below(LATENCIES.length)];
            double newCalls = random.below(2) * NEW_SHARE * rate;
            int busy = (int) Math.ceil(1.5 * rate * Math.max(latencyMillis, MIN_BUSY_MILLIS) / 1_000 / instances);
            return new Setting(instances, Math.max(10, busy), rate, latencyMillis, 333 * rate, newCalls, seed);
        }

        /** The shortest time after the outage in which the calls that are there can be served. */
        public Duration shortest() {
            double seconds = (calls + OUTAGE_SECONDS * newCalls) / (rate - newCalls);
            return Duration.ofNanos((long) (seconds * SECOND));
        }
    }

    private DurableBacklog(Setting setting, RetryPolicy policy) {
        this.setting = setting;
        this.time = new SimTime(setting.seed());
        this.target = new BacklogTarget(OUTAGE_SECONDS, setting.rate(), setting.latencyMillis());
        this.enqueuing = new SeededRandom(setting.seed(), "enqueuing");
        for (int instance = 0; instance < setting.instances(); instance++) {
            BacklogWorker worker = new BacklogWorker(time, table, target, setting.threads(), policy);
            worker.start(instance * SECOND / setting.instances());
            workers.add(worker);
        }
    }

    /**
     * The run. Times begin with the outage.
     *
     * @param setting the setting
     * @param attempts the attempts of each second
     * @param failed how many attempts failed after the outage
     * @param looks how often a call was picked without an attempt
     * @param deadLetters how many calls were given up
     * @param half when half of the backlog had succeeded
     * @param end when the last call of the backlog succeeded
     */
    public record Result(
            Setting setting,
            List<Integer> attempts,
            int failed,
            int looks,
            int deadLetters,
            Duration half,
            Duration end) {

        /** The highest rate after the outage, in windows in which the target serves at least 100 calls. */
        public double peak() {
            int window = (WINDOW_CALLS + setting.rate() - 1) / setting.rate();
            return IntStream.rangeClosed(OUTAGE_SECONDS, Math.max(OUTAGE_SECONDS, attempts.size() - window))
                    .mapToDouble(from -> rate(from, from + window))
                    .max()
                    .orElseThrow();
        }

        /** The mean of the attempts of a second, from one second to another. */
        public double rate(int from, int to) {
            return attempts.subList(Math.min(from, attempts.size()), Math.min(to, attempts.size())).stream()
                            .mapToInt(Integer::intValue)
                            .sum()
                    / (double) (to - from);
        }

        /** The time after the outage until the backlog has ended, in shortest times. */
        public double slowness() {
            return (double) end.minusSeconds(OUTAGE_SECONDS).toNanos()
                    / setting.shortest().toNanos();
        }
    }

    /** Runs the documented setting under a policy. */
    public static Result run(RetryPolicy policy) {
        return run(Setting.DOCUMENTED, policy);
    }

    /** Runs a setting under a policy, until each call of the backlog has succeeded or was given up. */
    public static Result run(Setting setting, RetryPolicy policy) {
        return new DurableBacklog(setting, policy).result();
    }

    private Result result() {
        for (int call = 0; call < setting.calls(); call++) {
            table.add(true, 0);
        }
        if (setting.newCalls() > 0) {
            nextArrival();
        }
        time.runAll();
        List<Long> successes = table.successes();
        long end = successes.get(successes.size() - 1);
        return new Result(
                setting,
                target.attempts(Math.toIntExact(end / SECOND) + 1),
                target.failedAfterOutage(),
                table.looks(),
                table.deadLetters(),
                Duration.ofNanos(successes.get(successes.size() / 2 - 1)),
                Duration.ofNanos(end));
    }

    /** Calls that are enqueued during the outage belong to the backlog. */
    private void nextArrival() {
        time.after((long) (SECOND / setting.newCalls()), () -> {
            if (!table.isDone()) {
                table.add(time.nanoTime() < OUTAGE_SECONDS * SECOND, time.nanoTime());
                workers.get(enqueuing.below(workers.size())).poll();
                nextArrival();
            }
        });
    }
}
