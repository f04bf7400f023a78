/**
 * Shows what a retry policy does to a service in an outage.
 *
 * <p>Start with {@link dev.respite.sim.Simulation#simulate}, which takes a policy and a {@link
 * dev.respite.sim.scenario.Scenario}. A scenario is built in, read from a file or built in code. The production drivers run in
 * virtual time; the services, the network and the load are models. Tests use {@link dev.respite.sim.SimulationAssert}.
 */
@NullMarked
package dev.respite.sim;

import org.jspecify.annotations.NullMarked;
