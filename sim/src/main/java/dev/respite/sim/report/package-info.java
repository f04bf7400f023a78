/**
 * Reports: charts and tables of what was simulated.
 *
 * <p>Start with {@link dev.respite.sim.report.Report#of}.
 */
@NullMarked
package dev.respite.sim.report;

import org.jspecify.annotations.NullMarked;
