/**
 * The experiment of AWS on optimistic locking, which compares backoffs of clients that contend for one row.
 *
 * <p>Start with {@link dev.respite.sim.occ.OptimisticLockingExperiment#run}.
 */
@NullMarked
package dev.respite.sim.occ;

import org.jspecify.annotations.NullMarked;
