package dev.respite.sim.scenario;

/** Reports an invalid scenario, which rule it breaks and, for a misspelt word, which one was meant. */
public final class InvalidScenarioException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /**
     * Refuses something.
     *
     * @param message the fault, and the remedy
     */
    public InvalidScenarioException(String message) {
        super(message);
    }
}
