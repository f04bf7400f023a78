package dev.respite.durable;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The numbers of calls of all tasks at one moment.
 *
 * @param due calls that could run now and wait for a worker
 * @param running calls that a worker has picked, including calls of workers whose death was not noticed yet
 * @param scheduled calls that are due later
 * @param oldestDue the due time of the call that has waited longest for a worker; empty if none waits
 * @param deadLetters the dead letters
 */
public record DurableStats(
        long due, long running, long scheduled, Optional<Instant> oldestDue, DeadLetterCounts deadLetters) {

    /**
     * The numbers of dead letters.
     *
     * @param dead calls that were given up
     * @param paused calls that wait until they are resumed
     * @param parked calls whose task or data is not known
     */
    public record DeadLetterCounts(long dead, long paused, long parked) {}

    /**
     * Returns how long the call that has waited longest for a worker has waited: the figure for an alarm.
     *
     * @param now the time
     * @return the duration; zero if none waits
     */
    public Duration lag(Instant now) {
        return oldestDue
                .map(due -> Duration.between(due, now))
                .filter(lag -> !lag.isNegative())
                .orElse(Duration.ZERO);
    }
}
