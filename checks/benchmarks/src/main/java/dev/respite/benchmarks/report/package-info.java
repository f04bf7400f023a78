/** The parts that all benchmarks share: options, results with their statistics, and processes of their own. */
@NullMarked
package dev.respite.benchmarks.report;

import org.jspecify.annotations.NullMarked;
