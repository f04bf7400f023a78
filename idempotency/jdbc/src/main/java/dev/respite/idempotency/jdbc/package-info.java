/**
 * Runs work exactly once whose effect is in a database: effect and record are in one transaction.
 *
 * <p>Start with {@link dev.respite.idempotency.jdbc.TransactionalIdempotency}. {@link
 * dev.respite.idempotency.jdbc.JdbcIdempotencyStore} is its store, which can also be used alone for effects in other systems. The
 * tables are plain SQL in this jar, in {@code db/respite/postgresql}, {@code db/respite/h2} and {@code db/respite/mariadb}.
 */
@NullMarked
package dev.respite.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
