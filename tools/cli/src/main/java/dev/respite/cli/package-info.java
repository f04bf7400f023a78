/**
 * The command line: {@code respite explain}, {@code simulate} and {@code keys}, each in a package of its own.
 *
 * <p>The entry point is {@link dev.respite.cli.Main}. The command {@code demo} is in the module {@code demo}.
 */
@NullMarked
package dev.respite.cli;

import org.jspecify.annotations.NullMarked;
