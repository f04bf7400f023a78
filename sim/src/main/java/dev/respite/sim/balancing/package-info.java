/**
 * Distributes attempts over the replicas of a service. It knows no servers, only their numbers, and no clock.
 *
 * <p>Start with {@link dev.respite.sim.balancing.AttemptBalancer#choose}.
 */
@NullMarked
package dev.respite.sim.balancing;

import org.jspecify.annotations.NullMarked;
