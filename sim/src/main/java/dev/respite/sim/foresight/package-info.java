/**
 * Forecasts what a policy does to its target in an outage, before it is deployed.
 *
 * <p>Start with {@link dev.respite.sim.foresight.Foresight#of}, which takes a policy and a {@link
 * dev.respite.sim.foresight.FleetDemand}.
 */
@NullMarked
package dev.respite.sim.foresight;

import org.jspecify.annotations.NullMarked;
