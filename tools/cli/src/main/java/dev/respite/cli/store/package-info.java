/** The connection to a store of records or durable calls, and messages about it that contain no password. */
@NullMarked
package dev.respite.cli.store;

import org.jspecify.annotations.NullMarked;
