/** Processes, what parent and child say to each other, and the time that a run has. */
@NullMarked
package dev.respite.torture.process;

import org.jspecify.annotations.NullMarked;
