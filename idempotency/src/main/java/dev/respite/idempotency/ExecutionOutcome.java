package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;

/** The outcome of one execution of the work. */
public sealed interface ExecutionOutcome
        permits ExecutionOutcome.Completed,
                ExecutionOutcome.NotDone,
                ExecutionOutcome.FailedWithUnknownEffect,
                ExecutionOutcome.Lost,
                ExecutionOutcome.Undecided,
                ExecutionOutcome.Unrecorded {

    /**
     * The effect took place and its response is recorded.
     *
     * @param response the response of the work
     */
    record Completed(StoredResponse response) implements ExecutionOutcome {}

    /**
     * The work had no effect. The next call with the key may run it.
     *
     * @param response the response of the work, for this caller only
     */
    record NotDone(StoredResponse response) implements ExecutionOutcome {}

    /**
     * The work failed after its effect may have begun.
     *
     * @param response the response of the work, for this caller only
     */
    record FailedWithUnknownEffect(StoredResponse response) implements ExecutionOutcome {}

    /** The record had another owner. The work had no effect, or its effect was rolled back. */
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
