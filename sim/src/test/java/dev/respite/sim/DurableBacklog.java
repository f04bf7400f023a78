package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Many durable calls that are due when an outage begins, in virtual time: three instances of ten threads run them by {@link
 * dev.respite.driver.ResumableRetry}, each with a budget of its own. There are no other calls, whose successes would pay for retries.
 */
public final class DurableBacklog {

    /** How many calls there are. */
    public static final int CALLS = 100_000;

    /** How long each attempt fails, in seconds. */
    public static final int OUTAGE_SECONDS = 60;

    /** How many requests a second are answered after that; the others get the status 503. */
    public static final int CAPACITY = 300;

    private static final int INSTANCES = 3;
    private static final long SECOND = 1_000_000_000L;

    private DurableBacklog() {}

    /**
     * What has happened. Times begin with the outage.
     *
     * @param attempts the attempts of each second
     * @param failed how many attempts failed after the outage
     * @param deadLetters how many calls were given up
     * @param half when half of all calls had succeeded
     * @param end when the last call succeeded
     */
    public record Result(List<Integer> attempts, int failed, int deadLetters, Duration half, Duration end) {

        /** The most attempts of a second after the outage. */
        public int peak() {
            return Collections.max(attempts.subList(OUTAGE_SECONDS, attempts.size()));
        }

        /** The mean of the attempts of a second, from one second to another. */
        public double rate(int from, int to) {
            return attempts.subList(Math.min(from, attempts.size()), Math.min(to, attempts.size())).stream()
                            .mapToInt(Integer::intValue)
                            .sum()
                    / (double) (to - from);
        }
    }

    /** Runs all calls under a policy, until each has succeeded or was given up. */
    public static Result run(RetryPolicy policy) {
        SimTime time = new SimTime(1);
        BacklogTable table = new BacklogTable(CALLS);
        BacklogTarget target = new BacklogTarget(OUTAGE_SECONDS, CAPACITY);
        for (int instance = 0; instance < INSTANCES; instance++) {
            new BacklogWorker(time, table, target, policy).start(instance * SECOND / INSTANCES);
        }
        time.runAll();
        List<Long> successes = table.successes();
        long end = successes.get(successes.size() - 1);
        return new Result(
                target.attempts(Math.toIntExact(end / SECOND) + 1),
                target.failedAfterOutage(),
                table.deadLetters(),
                Duration.ofNanos(successes.get(CALLS / 2 - 1)),
                Duration.ofNanos(end));
    }
}
