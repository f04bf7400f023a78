package dev.respite.durable;

import java.time.Duration;

/**
 * The numbers of calls of all tasks at one moment.
 *
 * @param due calls that could run now and wait for a worker
 * @param running calls that a worker has picked, including calls of workers whose death was not noticed yet
 * @param scheduled calls that are due later
 * @param lag how long the call that has waited longest for a worker has waited, the figure for an alarm; zero if none waits
 * @param deadLetters the dead letters
 * @param clockOffset how far the clock of the database is ahead of this machine's; negative if it is behind
 */
public record DurableStats(
        long due, long running, long scheduled, Duration lag, DeadLetterCounts deadLetters, Duration clockOffset) {

    /**
     * The numbers of dead letters.
     *
     * @param dead calls that were given up
     * @param paused calls that wait until they are resumed
     * @param parked calls whose task or data is not known
     */
    public record DeadLetterCounts(long dead, long paused, long parked) {}
}
