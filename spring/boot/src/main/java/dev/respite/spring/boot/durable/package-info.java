/**
 * Runs durable calls in Spring Boot: the tasks that beans add, in the database and the transactions of the application, with
 * {@code respite.durable.*} properties, health and meters.
 *
 * <p>Start with {@link dev.respite.spring.boot.durable.DurableRetryCustomizer}.
 */
@NullMarked
package dev.respite.spring.boot.durable;

import org.jspecify.annotations.NullMarked;
