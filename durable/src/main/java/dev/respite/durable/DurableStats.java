package dev.respite.durable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of all tasks at one moment.
 *
 * @param due calls that could run now and wait for a worker
 * @param running calls that a worker has picked, and those of workers that have died and were not noticed yet
 * @param scheduled calls that are due later
 * @param oldestDue when the call was due that has waited longest for a worker; empty if none waits
 * @param dead calls that were given up
 * @param paused calls that wait until they are resumed
 * @param parked calls whose task or data is not known
 */
public record DurableStats(
        long due, long running, long scheduled, Optional<Instant> oldestDue, long dead, long paused, long parked) {

    static DurableStats of(long due, long running, long scheduled, Optional<Instant> oldestDue, ResultSet letters)
            throws SQLException {
        Map<DeadLetter.State, Long> counts = new EnumMap<>(DeadLetter.State.class);
        while (letters.next()) {
            counts.put(DeadLetter.State.valueOf(letters.getString("state")), letters.getLong("calls"));
        }
        return new DurableStats(
                due,
                running,
                scheduled,
                oldestDue,
                counts.getOrDefault(DeadLetter.State.DEAD, 0L),
                counts.getOrDefault(DeadLetter.State.PAUSED, 0L),
                counts.getOrDefault(DeadLetter.State.PARKED, 0L));
    }

    /**
     * Returns how long the call that has waited longest for a worker has done so: the figure for an alarm.
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
