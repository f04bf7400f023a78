package dev.respite.sim;

import java.time.Duration;

/**
 * Receives what happens in a run, in the order in which it happens.
 *
 * <p>It runs on the thread of the run, between two events of it, and does not change the result: the same seed gives the same
 * result with a listener and without. What it throws is thrown by the run, at the end of the simulated second at the latest; it
 * receives nothing more.
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
