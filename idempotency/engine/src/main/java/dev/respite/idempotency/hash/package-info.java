/** The hash of scopes, keys and fingerprints. Used by {@code dev.respite.idempotency} and its store; not exported. */
@NullMarked
package dev.respite.idempotency.hash;

import org.jspecify.annotations.NullMarked;
