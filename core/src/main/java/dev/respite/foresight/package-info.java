/**
 * What a policy will do to its target in an outage, computed before it is deployed.
 *
 * <p>The way in is {@link dev.respite.foresight.Foresight#of} of a policy and a {@link dev.respite.foresight.FleetDemand}.
 */
@NullMarked
package dev.respite.foresight;

import org.jspecify.annotations.NullMarked;
