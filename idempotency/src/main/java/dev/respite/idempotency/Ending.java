package dev.respite.idempotency;

/** How the running of a thing that was yours has ended. */
public sealed interface Ending
        permits Ending.Completed, Ending.NotDone, Ending.Unsettled, Ending.Lost, Ending.Undecided, Ending.Unrecorded {

    /**
     * It was done, and that is recorded for good.
     *
     * @param response what came of it
     */
    record Completed(StoredResponse response) implements Ending {}

    /**
     * Nothing was done, and the next who asks may run it.
     *
     * @param response what the caller is told, and nobody else
     */
    record NotDone(StoredResponse response) implements Ending {}

    /**
     * It ended with an error after it had begun what cannot be taken back.
     *
     * @param response what the caller is told, and nobody else
     */
    record Unsettled(StoredResponse response) implements Ending {}

    /** The record was no longer yours, and so nothing was done, or all of it was rolled back. */
    record Lost() implements Ending {}

    /**
     * It may have been done, and that need not be found out: whoever asks again is told what came of it, or runs it once the
     * lease is over. Either effect and record are one, both there or neither, and which of it could not be read; or to do it
     * twice is allowed.
     */
    record Undecided() implements Ending {}

    /** It was done, or may have been, and could not be recorded. */
    record Unrecorded() implements Ending {}
}
