/** Writes the charts and the page of a comparison. Start with {@link dev.respite.sim.report.Report}. */
@NullMarked
package dev.respite.sim.report;

import org.jspecify.annotations.NullMarked;
