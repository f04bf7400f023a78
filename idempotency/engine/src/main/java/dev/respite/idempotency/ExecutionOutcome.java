package dev.respite.idempotency;

/**
 * The outcome of one execution of the work. Either it is the result of the call already, or the record decides. {@link
 * IdempotentResult.Executed}, {@link IdempotentResult.NotDone} and {@link IdempotentResult.FailedWithUnknownEffect} are
 * results.
 */
public sealed interface ExecutionOutcome
        permits IdempotentResult.Executed,
                IdempotentResult.NotDone,
                IdempotentResult.FailedWithUnknownEffect,
                ExecutionOutcome.Unfinished {

    /** An outcome that is not the result of the call. */
    enum Unfinished implements ExecutionOutcome {
        /**
         * The record has another owner, and the work had no effect or its effect was rolled back. The engine claims the key
         * again.
         */
        LOST,
        /**
         * The effect may have taken place, and a later call with the key settles it: it gets the recorded response, or runs the
         * work when the lease is over. Either effect and record are in one transaction whose outcome could not be read, or the
         * effect may be repeated. The engine reads the record.
         */
        UNDECIDED,
        /** The effect took place, or may have, and could not be recorded. The engine reads the record. */
        UNRECORDED
    }
}
