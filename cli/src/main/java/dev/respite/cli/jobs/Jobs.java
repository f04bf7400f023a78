package dev.respite.cli.jobs;

import dev.respite.durable.DeadLetters;
import dev.respite.durable.TaskQueue;

/**
 * The durable calls of a database.
 *
 * @param letters those that were given up, are paused or could not be read
 * @param queue those that have not ended
 */
record Jobs(DeadLetters letters, TaskQueue queue) {}
