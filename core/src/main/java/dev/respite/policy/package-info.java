/**
 * Policies: immutable values that decide what follows an attempt. Nothing here waits, logs, runs an operation or draws a random
 * number.
 *
 * <p>Start with {@link dev.respite.policy.RetryPolicy}. It maps an {@link dev.respite.outcome.Outcome} of an {@link
 * dev.respite.outcome.Attempt} to a {@link dev.respite.outcome.Decision}; random numbers are parameters. {@link
 * dev.respite.policy.Explanation} describes a policy and has its warnings. Everything is safe for use by any number of threads,
 * except the builder.
 */
@NullMarked
package dev.respite.policy;

import org.jspecify.annotations.NullMarked;
