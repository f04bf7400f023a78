/**
 * What drivers outside of {@code dev.respite} need from the engine: the state of calls that outlive the process, the steps of calls
 * whose attempts run side by side, limits of blocking work and the propagation of contexts. Only modules of Respite see it.
 */
@NullMarked
package dev.respite.driver;

import org.jspecify.annotations.NullMarked;
