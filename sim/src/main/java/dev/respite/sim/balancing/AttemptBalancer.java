package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Balancer;
import java.util.BitSet;
import java.util.function.DoubleSupplier;
import java.util.function.IntPredicate;

/**
 * A {@link Balancer} at work: what one caller, or all that share it, knows of the replicas. Replicas are numbered from 0, times are
 * nanoseconds from the beginning of the run and never go back. Not safe for use by several threads.
 */
public final class AttemptBalancer {

    private final Balancer spec;
    private final DoubleSupplier random;
    private final Outliers outliers;
    private final int[] outstanding;

    /** The replicas among which one is chosen: so many of the first. */
    private final int[] candidates;

    private int count;

    /** Where the round goes on. */
    private int turn;

    /** The result of an attempt, as far as it depends on its replica. */
    public enum Result {
        /** The replica has responded, if only with a status below 500. */
        RESPONDED,
        /** No response in time, no connection, or a status of 500 or more. */
        FAILED,
        /** The caller no longer wanted the response. */
        CANCELLED
    }

    /**
     * Creates a balancer that has sent nothing yet.
     *
     * @param spec what it does
     * @param replicas how many replicas there are, at least 1
     * @param random uniform numbers from 0 to below 1; none is drawn where there is no choice
     */
    public AttemptBalancer(Balancer spec, int replicas, DoubleSupplier random) {
        this.spec = spec;
        this.random = random;
        this.outstanding = new int[replicas];
        this.candidates = new int[replicas];
        this.outliers =
                spec.ejection().map(ejection -> Outliers.of(ejection, replicas)).orElse(Outliers.NONE);
        this.turn = spec.choice() == Balancer.Choice.ROUND_ROBIN ? below(replicas) : 0;
    }

    /**
     * Chooses the replica of an attempt, which waits for its response until {@link #ended}. It prefers replicas that are not
     * ejected; among them, where the balancer sends retries elsewhere, those that the call has not been sent to.
     *
     * @param tried the replicas that the attempts of this call were sent to before
     * @param now the time
     * @return the number of the replica
     */
    public int choose(BitSet tried, long now) {
        outliers.advanceTo(now);
        IntPredicate present = replica -> !outliers.isEjected(replica, now);
        IntPredicate untried = replica -> !spec.retriesElsewhere() || !tried.get(replica);
        boolean found = select(present.and(untried)) || select(present) || select(untried) || select(replica -> true);
        if (!found) {
            throw new IllegalStateException("there is no replica");
        }
        int chosen = switch (spec.choice()) {
            case RANDOM -> drawn();
            case ROUND_ROBIN -> next();
            case LEAST_OUTSTANDING -> least();
        };
        turn = (chosen + 1) % outstanding.length;
        outstanding[chosen]++;
        return chosen;
    }

    /**
     * Takes note of the end of an attempt.
     *
     * @param replica the replica that was chosen for it
     * @param result how it ended
     * @param now the time
     */
    public void ended(int replica, Result result, long now) {
        outstanding[replica]--;
        if (result != Result.CANCELLED) {
            outliers.advanceTo(now);
            outliers.record(replica, result == Result.FAILED, now);
        }
    }

    /** Collects the replicas for which something holds; false if there are none. */
    private boolean select(IntPredicate holds) {
        count = 0;
        for (int replica = 0; replica < outstanding.length; replica++) {
            if (holds.test(replica)) {
                candidates[count++] = replica;
            }
        }
        return count > 0;
    }

    private int drawn() {
        return candidates[below(count)];
    }

    private int next() {
        for (int i = 0; i < count; i++) {
            if (candidates[i] >= turn) {
                return candidates[i];
            }
        }
        return candidates[0];
    }

    private int least() {
        int fewest = Integer.MAX_VALUE;
        int equal = 0;
        for (int i = 0; i < count; i++) {
            int waiting = outstanding[candidates[i]];
            if (waiting < fewest) {
                fewest = waiting;
                equal = 0;
            }
            if (waiting == fewest) {
                candidates[equal++] = candidates[i];
            }
        }
        return candidates[below(equal)];
    }

    /** The largest double below 1, times the bound, rounds to a number below the bound. */
    private int below(int bound) {
        return bound == 1 ? 0 : (int) (random.getAsDouble() * bound);
    }
}
