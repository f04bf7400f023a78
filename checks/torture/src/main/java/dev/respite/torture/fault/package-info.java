/** Worker processes, and the faults that are injected into them and into the stores. */
@NullMarked
package dev.respite.torture.fault;

import org.jspecify.annotations.NullMarked;
