/**
 * The pure half of Respite: values that decide, and nothing that waits, draws, logs or runs.
 *
 * <p>The way in is {@link dev.respite.policy.RetryPolicy}: it judges one {@link dev.respite.outcome.Outcome} of one
 * {@link dev.respite.outcome.Attempt} and says what to do now, a {@link dev.respite.outcome.Decision}. Time and chance are
 * arguments. Everything here is immutable and safe for use by any number of threads, except the builder.
 */
@NullMarked
package dev.respite.policy;

import org.jspecify.annotations.NullMarked;
