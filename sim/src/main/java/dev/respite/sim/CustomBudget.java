package dev.respite.sim;

import dev.respite.budget.RetryBudget;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.time.TimeSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Budgets that take the place of those that a policy describes.
 *
 * @param name what reports call them
 * @param factory what makes the budget of each client, or of those that share one, and of each server that calls another
 *     service
 */
public record CustomBudget(String name, Function<TimeSource, RetryBudget> factory) {

    /**
     * Checks the name.
     *
     * @throws InvalidScenarioException if the name is blank
     */
    public CustomBudget {
        if (name.isBlank()) {
            throw new InvalidScenarioException("budget '" + name + "': it needs a name that reports can show");
        }
    }

    RetryBudget create(TimeSource time) {
        @Nullable RetryBudget made = factory.apply(time);
        if (made == null) {
            throw new InvalidScenarioException(
                    "budget '" + name + "': its factory returned null; return a new budget for each client");
        }
        return made;
    }
}
