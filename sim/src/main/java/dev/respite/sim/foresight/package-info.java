/**
 * Forecasts the effect of a policy on the service that its clients call, before it is deployed.
 *
 * <p>Start with {@link dev.respite.sim.foresight.Foresight#of}.
 */
@NullMarked
package dev.respite.sim.foresight;

import org.jspecify.annotations.NullMarked;
