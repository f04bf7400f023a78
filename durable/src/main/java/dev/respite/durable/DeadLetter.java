package dev.respite.durable;

import java.time.Instant;
import java.util.Optional;

/**
 * A call that was given up, that is paused, or that could not be read.
 *
 * @param letterId identifies the entry
 * @param task the name of the task
 * @param id the id of the call
 * @param key the idempotency key; empty text if it could not be read
 * @param state which of the three
 * @param reason the stop reason in words, such as {@code attempts exhausted}; or why the call was parked
 * @param parkedAt when the entry was made
 * @param firstStart when the first attempt began; empty if there was none, or it is not known
 * @param attempts how many attempts were made
 * @param lastError the last failure with its causes, cut after 2,000 characters; empty text if there is none
 * @param history the attempts in one line
 * @param dataVersion the version of the data; 0 if it could not be read
 * @param sequence the sequence that this entry holds up; empty for none
 */
public record DeadLetter(
        String letterId,
        String task,
        String id,
        String key,
        State state,
        String reason,
        Instant parkedAt,
        Optional<Instant> firstStart,
        int attempts,
        String lastError,
        String history,
        int dataVersion,
        Optional<String> sequence) {

    /** Why a call is here. */
    public enum State {
        /** The policy has given it up. */
        DEAD,
        /** The policy would have given it up, and its task says that it pauses. */
        PAUSED,
        /** It could not be run: its task is not known, or its data cannot be read. */
        PARKED
    }
}
