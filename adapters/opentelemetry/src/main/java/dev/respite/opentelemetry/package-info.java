/**
 * Records retries on OpenTelemetry's spans.
 *
 * <p>Start with {@link dev.respite.opentelemetry.RetryTracing}.
 */
@NullMarked
package dev.respite.opentelemetry;

import org.jspecify.annotations.NullMarked;
