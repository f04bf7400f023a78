/** The adaptive limit of requests in a server. */
@NullMarked
package dev.respite.sim.admission;

import org.jspecify.annotations.NullMarked;
