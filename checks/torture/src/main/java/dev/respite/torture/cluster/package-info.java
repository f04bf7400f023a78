/** The processes of a run, workers and stores, and the faults that are injected into them. */
@NullMarked
package dev.respite.torture.cluster;

import org.jspecify.annotations.NullMarked;
