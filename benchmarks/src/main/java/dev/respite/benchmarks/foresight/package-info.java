/** Whether the forecast of {@code respite explain} agrees with the simulator. */
@NullMarked
package dev.respite.benchmarks.foresight;

import org.jspecify.annotations.NullMarked;
