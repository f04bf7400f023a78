package dev.respite.durable;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The numbers of calls at one moment.
 *
 * @param tasks the numbers of each task that has calls or dead letters, by its name
 * @param clockOffset how far the clock of the database is ahead of this machine's; negative if it is behind
 */
public record DurableStats(Map<String, OfTask> tasks, Duration clockOffset) {

    /**
     * The numbers of calls of a task.
     *
     * @param due calls that could run now and wait for a worker
     * @param running calls that a worker has picked, including calls of workers whose death was not noticed yet
     * @param scheduled calls that are due later, deferred retries, which wait for their pace, and calls that wait for an earlier one of
     *     their sequence
     * @param lag how long the call that has waited longest for a worker has waited; zero if none waits
     * @param deadLetters the dead letters by their state; states without one may be left out
     */
    public record OfTask(
            long due, long running, long scheduled, Duration lag, Map<DeadLetter.State, Long> deadLetters) {

        /** Copies the map. */
        public OfTask {
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

    /** Copies the map. */
    public DurableStats {
        tasks = Map.copyOf(tasks);
    }

    private long sum(ToLongFunction<OfTask> number) {
        return tasks.values().stream().mapToLong(number).sum();
    }

    /** {@return the number of calls of all tasks that could run now and wait for a worker} */
    public long due() {
        return sum(OfTask::due);
    }

    /** {@return the number of calls of all tasks that a worker has picked} */
    public long running() {
        return sum(OfTask::running);
    }

    /** {@return the number of calls of all tasks that are due later, or wait for their pace or their turn} */
    public long scheduled() {
        return sum(OfTask::scheduled);
    }

    /** {@return the wait of the call that has waited longest for a worker, zero if none waits: the figure for an alarm} */
    public Duration lag() {
        return tasks.values().stream()
                .map(OfTask::lag)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * Returns the number of dead letters of a state, of all tasks.
     *
     * @param state the state
     * @return 0 or more
     */
    public long deadLetters(DeadLetter.State state) {
        return sum(task -> task.deadLetters(state));
    }
}
