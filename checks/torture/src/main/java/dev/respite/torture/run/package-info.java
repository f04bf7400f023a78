/** A run of either mode: stores, workers, load and faults, the bank, and the check at its end. */
@NullMarked
package dev.respite.torture.run;

import org.jspecify.annotations.NullMarked;
