/**
 * Calls that survive a crash and a deployment: their state is stored in the user's database between attempts.
 *
 * <p>Start with {@link dev.respite.durable.DurableRetry}: it runs the attempts of {@link dev.respite.durable.DurableTask}s.
 */
@NullMarked
package dev.respite.durable;

import org.jspecify.annotations.NullMarked;
