/**
 * {@code respite demo}: transfers through a faulty bank, with three client strategies.
 *
 * <p>The entry point is {@link dev.respite.demo.Main}: the command line with the command {@code demo}.
 */
@NullMarked
package dev.respite.demo;

import org.jspecify.annotations.NullMarked;
