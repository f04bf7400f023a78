/**
 * Contracts, as JUnit tests, of what others may put in Respite's places.
 *
 * <p>The way in is {@link dev.respite.test.IdempotencyStoreContract}.
 */
@NullMarked
package dev.respite.test;

import org.jspecify.annotations.NullMarked;
