/**
 * The command line: {@code respite demo}, {@code call} and {@code explain}.
 *
 * <p>The way in is {@link dev.respite.cli.Main}.
 */
@NullMarked
package dev.respite.cli;

import org.jspecify.annotations.NullMarked;
