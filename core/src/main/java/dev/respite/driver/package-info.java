/**
 * The interface between the engine and drivers in other packages. It has the state of calls that outlive the process, and the steps of calls
 * whose attempts run side by side. It also limits blocking work and propagates contexts. Only modules of Respite may use it.
 */
@NullMarked
package dev.respite.driver;

import org.jspecify.annotations.NullMarked;
