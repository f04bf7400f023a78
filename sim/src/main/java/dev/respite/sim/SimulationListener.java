package dev.respite.sim;

import java.time.Duration;

/**
 * Receives what happens in a run, in the order in which it happens.
 *
 * <p>It runs on the thread of the run, between two events. It does not change the result of a seed. If it throws, the run
 * throws the same exception, at the end of the simulated second at the latest, and publishes no more events.
 */
@FunctionalInterface
public interface SimulationListener {

    /** Receives nothing. A run makes no event for it. */
    SimulationListener NONE = event -> {};

    /**
     * Receives an event.
     *
     * @param event what happened
     */
    void on(SimulationEvent event);

    /**
     * Returns how often {@link SimulationEvent.BudgetSampled} and {@link SimulationEvent.QueueSampled} are published, in
     * simulated time.
     *
     * @return the time from one sample to the next, at least 1 ms; a second, unless it is overridden; always the same
     */
    default Duration sampleInterval() {
        return Duration.ofSeconds(1);
    }
}
