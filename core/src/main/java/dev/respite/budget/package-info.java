/**
 * Retry budgets: the limit of all retries of one client to one target together.
 *
 * <p>Start with {@link dev.respite.budget.RetryBudget}, the interface of every budget, to write one. {@link
 * dev.respite.budget.RetryBudgets} creates the budget that a policy describes. The queue of calls that wait for a budget is for
 * the engine.
 */
@NullMarked
package dev.respite.budget;

import org.jspecify.annotations.NullMarked;
