/** {@code respite durable}: durable calls, and the dead letters among them. */
@NullMarked
package dev.respite.cli.durable;

import org.jspecify.annotations.NullMarked;
