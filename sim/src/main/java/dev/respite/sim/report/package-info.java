/**
 * Reports: charts and tables of what was simulated.
 *
 * <p>The way in is {@link dev.respite.sim.report.Report#of}.
 */
@NullMarked
package dev.respite.sim.report;

import org.jspecify.annotations.NullMarked;
