/**
 * Scenarios: services, load and faults, built in code, read from YAML, or built in.
 *
 * <p>Start with {@link dev.respite.sim.scenario.Scenario#builder}, {@link dev.respite.sim.scenario.ScenarioFile} or {@link
 * dev.respite.sim.scenario.BuiltIn}.
 */
@NullMarked
package dev.respite.sim.scenario;

import org.jspecify.annotations.NullMarked;
