/** {@code respite simulate}: policies in a simulated service. */
@NullMarked
package dev.respite.cli.simulate;

import org.jspecify.annotations.NullMarked;
