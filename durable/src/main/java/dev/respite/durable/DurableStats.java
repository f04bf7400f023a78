package dev.respite.durable;

import java.time.Duration;
import java.util.Map;

/**
 * The numbers of calls of all tasks at one moment.
 *
 * @param due calls that could run now and wait for a worker
 * @param running calls that a worker has picked, including calls of workers whose death was not noticed yet
 * @param scheduled calls that are due later, and deferred retries, which wait for their pace
 * @param lag how long the call that has waited longest for a worker has waited, the figure for an alarm; zero if none waits
 * @param deadLetters the dead letters by their state; states without one may be left out
 * @param clockOffset how far the clock of the database is ahead of this machine's; negative if it is behind
 */
public record DurableStats(
        long due,
        long running,
        long scheduled,
        Duration lag,
        Map<DeadLetter.State, Long> deadLetters,
        Duration clockOffset) {

    /** Copies the map. */
    public DurableStats {
        deadLetters = Map.copyOf(deadLetters);
    }

    /**
     * Returns the number of dead letters of a state.
     *
     * @param state the state
     * @return 0 or more
     */
    public long deadLetters(DeadLetter.State state) {
        return deadLetters.getOrDefault(state, 0L);
    }
}
