/**
 * Sees what a retry policy does to a service, before an outage does.
 *
 * <p>The way in is {@link dev.respite.sim.Simulation#simulate}: a {@link dev.respite.sim.scenario.Scenario}, which is one of the
 * built-in ones, or read from a file, or built, and a policy. What runs is the asynchronous driver that runs in production,
 * in virtual time; only the services, the network and the load are models. In a test of your own, {@link
 * dev.respite.sim.SimulationAssert} holds the result to what you can bear.
 */
@NullMarked
package dev.respite.sim;

import org.jspecify.annotations.NullMarked;
