/**
 * What retries do, on OpenTelemetry's spans.
 *
 * <p>The way in is {@link dev.respite.opentelemetry.RetryTracing}.
 */
@NullMarked
package dev.respite.opentelemetry;

import org.jspecify.annotations.NullMarked;
