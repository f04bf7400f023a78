/**
 * The command line: {@code respite demo}, {@code call}, {@code explain}, {@code simulate} and {@code keys}.
 *
 * <p>The entry point is {@link dev.respite.cli.Main}.
 */
@NullMarked
package dev.respite.cli;

import org.jspecify.annotations.NullMarked;
