/** Streams, exit codes, texts and option values that all commands share. */
@NullMarked
package dev.respite.cli.console;

import org.jspecify.annotations.NullMarked;
