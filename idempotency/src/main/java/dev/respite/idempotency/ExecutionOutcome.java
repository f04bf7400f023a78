package dev.respite.idempotency;

/**
 * The outcome of one execution of the work. Either it is the result of the call already, or the record decides:
 *
 * <ul>
 *   <li>{@link IdempotentResult.Executed}, {@link IdempotentResult.NotDone} and {@link
 *       IdempotentResult.FailedWithUnknownEffect} are results;
 *   <li>after {@link Lost} the key is claimed again;
 *   <li>after {@link Undecided} and {@link Unrecorded} the record is read.
 * </ul>
 */
public sealed interface ExecutionOutcome
        permits IdempotentResult.Executed,
                IdempotentResult.NotDone,
                IdempotentResult.FailedWithUnknownEffect,
                ExecutionOutcome.Lost,
                ExecutionOutcome.Undecided,
                ExecutionOutcome.Unrecorded {

    /**
     * The record has another owner and the work had no effect; the engine claims the key again. The work had no effect,
     * or its effect was rolled back.
     */
    record Lost() implements ExecutionOutcome {}

    /**
     * The effect may have taken place, and a later call with the key settles it: it gets the recorded response, or runs the
     * work when the lease is over. Either effect and record are in one transaction whose outcome could not be read, or the
     * effect may be repeated.
     */
    record Undecided() implements ExecutionOutcome {}

    /** The effect took place, or may have, and could not be recorded. */
    record Unrecorded() implements ExecutionOutcome {}
}
