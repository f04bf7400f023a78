/** Writes the charts and the page of a comparison. */
@NullMarked
package dev.respite.sim.report;

import org.jspecify.annotations.NullMarked;
