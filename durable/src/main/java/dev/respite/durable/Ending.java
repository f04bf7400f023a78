package dev.respite.durable;

import java.time.Instant;
import java.util.Optional;

/** The change of the row of a call after an attempt. */
sealed interface Ending {

    /**
     * The call has succeeded, and its row is to be removed.
     *
     * @param sequence the sequence whose next call is due then; empty for none
     */
    record Remove(Optional<String> sequence) implements Ending {}

    /**
     * The row was removed together with the effect, and the next call of its sequence is due.
     *
     * @param sequence the sequence
     */
    record NextIsDue(String sequence) implements Ending {}

    /** The row was removed together with the effect, was put back until its turn comes, or belongs to another instance. */
    record Leave() implements Ending {}

    /** The call goes on later: one update. */
    record Reschedule(Instant due, Envelope envelope) implements Ending {}

    /** The call is moved to the dead letters: one transaction. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Park(DeadLetter letter, byte[] envelope) implements Ending {}
}
