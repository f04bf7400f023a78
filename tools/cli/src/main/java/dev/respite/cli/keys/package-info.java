/** {@code respite keys}: the records of idempotency keys. */
@NullMarked
package dev.respite.cli.keys;

import org.jspecify.annotations.NullMarked;
