package dev.respite.idempotency;

import java.util.Optional;

/**
 * How claims go about it.
 *
 * @param firstState what a claim is recorded as: whether its effect is taken to begin with it
 * @param crashPolicy what to do where an owner has gone after its effect had begun
 * @param rebuilder what makes bodies again that were not kept
 */
record Conduct(State firstState, CrashPolicy crashPolicy, Optional<Rebuilder> rebuilder) {}
