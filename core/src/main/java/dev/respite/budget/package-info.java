/**
 * Retry budgets: what the calls to one target may spend on retries.
 *
 * <p>The way in is {@link dev.respite.budget.RetryBudgets} makes the budget of a policy, and {@link dev.respite.budget.RetryBudget} is the interface of one of your own. The
 * queue of calls that wait for a budget is for the engine.
 */
@NullMarked
package dev.respite.budget;

import org.jspecify.annotations.NullMarked;
