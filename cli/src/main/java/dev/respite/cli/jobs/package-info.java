/** {@code respite jobs}: the dead letters of durable calls. */
@NullMarked
package dev.respite.cli.jobs;

import org.jspecify.annotations.NullMarked;
