/**
 * Runs the requests of annotated controller methods once: store, transactions, filter, purge, meters and health of
 * {@code respite.idempotency.*} in Spring Boot with Spring MVC.
 *
 * <p>Start with {@link dev.respite.spring.boot.idempotency.Idempotent}.
 */
@NullMarked
package dev.respite.spring.boot.idempotency;

import org.jspecify.annotations.NullMarked;
