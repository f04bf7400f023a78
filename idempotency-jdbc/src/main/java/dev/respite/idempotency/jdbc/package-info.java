/**
 * Runs a thing exactly once whose effect is in a database: effect and record are in one transaction.
 *
 * <p>The way in is {@link dev.respite.idempotency.jdbc.TransactionalIdempotency}. {@link
 * dev.respite.idempotency.jdbc.JdbcIdempotencyStore} is its store, and by itself a store for effects that are elsewhere. The
 * tables are plain SQL in this jar, in {@code db/respite/postgresql}, {@code db/respite/h2} and {@code db/respite/mariadb}.
 */
@NullMarked
package dev.respite.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
