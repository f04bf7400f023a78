/**
 * What a server does against too many requests. It knows no requests, only their numbers and times, and no clock.
 *
 * <p>Start with {@link dev.respite.sim.admission.RequestQueue#take}.
 */
@NullMarked
package dev.respite.sim.admission;

import org.jspecify.annotations.NullMarked;
