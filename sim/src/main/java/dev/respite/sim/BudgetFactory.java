package dev.respite.sim;

import dev.respite.budget.RetryBudget;
import dev.respite.time.TimeSource;

/** Makes the budgets of a run. Runs may be in several threads at the same time; a budget belongs to one of them. */
@FunctionalInterface
public interface BudgetFactory {

    /**
     * Makes a new budget, for one client or for those that share one.
     *
     * @param time the simulated time of the run, for budgets that look at a clock
     * @return a new budget
     */
    RetryBudget create(TimeSource time);
}
