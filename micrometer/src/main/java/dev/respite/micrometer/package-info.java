/**
 * What retries and idempotency keys do, as Micrometer's meters.
 *
 * <p>The way in is {@link dev.respite.micrometer.RetryMetrics}: counters that are read at each scrape, and cost a
 * call nothing. {@link dev.respite.micrometer.RetryTimers} measure durations, by choice. {@link
 * dev.respite.micrometer.IdempotencyMetrics} are the counters of what happens to idempotency keys on a server.
 */
@NullMarked
package dev.respite.micrometer;

import org.jspecify.annotations.NullMarked;
