/** A run: stores, workers, load and faults, and the check at its end. */
@NullMarked
package dev.respite.torture.run;

import org.jspecify.annotations.NullMarked;
