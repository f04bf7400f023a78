/** The cost of budgets in outages, compared with no retries: the grid by which the default budget was chosen. */
@NullMarked
package dev.respite.benchmarks.harm;

import org.jspecify.annotations.NullMarked;
