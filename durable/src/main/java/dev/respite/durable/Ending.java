package dev.respite.durable;

import java.time.Instant;

/** What becomes of the row of a call after an attempt. */
sealed interface Ending {

    /** The call has succeeded, and its row is to be removed. */
    record Remove() implements Ending {}

    /** The row was removed together with the effect, or belongs to another instance. */
    record Leave() implements Ending {}

    /** The call goes on later: one update. */
    record Reschedule(Instant due, Envelope envelope) implements Ending {}

    /** The call is moved to the dead letters: one transaction. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Park(DeadLetter letter, byte[] envelope) implements Ending {}
}
