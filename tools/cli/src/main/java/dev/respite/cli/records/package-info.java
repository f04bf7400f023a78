/** The commands {@code keys} and {@code durable}, which read and change the records of a store. */
@NullMarked
package dev.respite.cli.records;

import org.jspecify.annotations.NullMarked;
