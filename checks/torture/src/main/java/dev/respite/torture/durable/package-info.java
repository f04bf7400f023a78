/**
 * The mode of durable calls: orders that enqueue calls in their own transaction, workers that run them, and a check of what
 * took place. {@link dev.respite.torture.durable.DurableWorkload} is the load and the check, {@link dev.respite.torture.durable.DurableWorker} the
 * process under test.
 */
@NullMarked
package dev.respite.torture.durable;

import org.jspecify.annotations.NullMarked;
