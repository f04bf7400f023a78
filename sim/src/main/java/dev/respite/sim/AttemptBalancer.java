package dev.respite.sim;

import dev.respite.sim.scenario.Balancer;
import java.util.BitSet;
import java.util.function.DoubleSupplier;
import java.util.function.IntPredicate;

/**
 * A {@link Balancer} at work: the attempts at each replica that one caller, or all that share it, wait for. Replicas are numbered
 * from 0. Not safe for use by several threads.
 */
final class AttemptBalancer {

    private final Balancer spec;
    private final DoubleSupplier random;
    private final int[] outstanding;

    /** The replicas among which one is chosen: so many of the first. */
    private final int[] candidates;

    private int count;

    /** Where the round goes on. */
    private int turn;

    /**
     * Creates a balancer that has sent nothing yet.
     *
     * @param spec the rule of its choice
     * @param replicas how many replicas there are, at least 1
     * @param random uniform numbers from 0 to below 1; none is drawn where there is no choice
     */
    AttemptBalancer(Balancer spec, int replicas, DoubleSupplier random) {
        this.spec = spec;
        this.random = random;
        this.outstanding = new int[replicas];
        this.candidates = new int[replicas];
        this.turn = spec.choice() == Balancer.Choice.ROUND_ROBIN ? below(replicas) : 0;
    }

    /**
     * Chooses the replica of an attempt, which waits for its response until {@link #ended}. Where the balancer sends retries
     * elsewhere, it prefers replicas that the call has not been sent to.
     *
     * @param tried the replicas that the attempts of this call were sent to before
     * @return the number of the replica
     */
    int choose(BitSet tried) {
        boolean found = select(replica -> !spec.retriesElsewhere() || !tried.get(replica)) || select(replica -> true);
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

    /** Takes note that the caller of an attempt at a replica no longer waits for it. */
    void ended(int replica) {
        outstanding[replica]--;
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
