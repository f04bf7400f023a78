/**
 * What retries do, as Micrometer's meters.
 *
 * <p>The way in is {@link dev.respite.micrometer.RetryMetrics}: counters that are read when somebody scrapes, and cost a
 * call nothing. {@link dev.respite.micrometer.RetryTimers} measure durations, by choice.
 */
@NullMarked
package dev.respite.micrometer;

import org.jspecify.annotations.NullMarked;
