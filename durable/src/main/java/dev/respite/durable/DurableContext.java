package dev.respite.durable;

import dev.respite.outcome.Attempt;
import java.time.Instant;

/**
 * One attempt of a durable call, as its handler sees it.
 *
 * @param task the name of the task
 * @param id the id of the call, unique among the calls of the task that have not ended
 * @param key the idempotency key: the same in all attempts, after a restart, in every instance and after a replay; a UUID of
 *     version 7 unless one was given
 * @param attempt the attempt, as it starts
 * @param firstStart when the first attempt of the call began, by the wall clock
 */
public record DurableContext(String task, String id, String key, Attempt attempt, Instant firstStart) {}
