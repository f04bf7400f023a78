/**
 * How fast the simulator is, beside a bare event loop, and what it needs. {@code bin/bench --simulator} builds and runs it;
 * {@link dev.respite.benchmarks.simulator.Simulator} is the way in.
 */
@NullMarked
package dev.respite.benchmarks.simulator;

import org.jspecify.annotations.NullMarked;
