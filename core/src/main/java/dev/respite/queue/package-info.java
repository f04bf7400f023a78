/**
 * The queue of the calls that wait for a retry budget, and the rules that release them. Only the core sees it.
 *
 * <p>Start with {@link dev.respite.queue.BudgetQueue}.
 */
@NullMarked
package dev.respite.queue;

import org.jspecify.annotations.NullMarked;
