/**
 * Micrometer's meters for retries, idempotency keys and durable calls.
 *
 * <p>Start with {@link dev.respite.micrometer.RetryMetrics}: counters that are read at each scrape and cost a call nothing.
 * {@link dev.respite.micrometer.RetryTimers} measure durations and are optional. {@link
 * dev.respite.micrometer.IdempotencyMetrics} count the results of idempotency keys on a server. {@link
 * dev.respite.micrometer.DurableMetrics} show the durable calls of a database.
 */
@NullMarked
package dev.respite.micrometer;

import org.jspecify.annotations.NullMarked;
