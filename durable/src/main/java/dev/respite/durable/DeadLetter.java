package dev.respite.durable;

import java.time.Instant;
import java.util.Optional;

/**
 * The record of a durable call that was given up, that is paused, or that could not be read.
 *
 * @param letterId identifies the dead letter
 * @param call the call
 * @param state the kind of the dead letter
 * @param reason the stop reason as text, such as {@code attempts exhausted}; or why the call was parked
 * @param parkedAt the time at which the dead letter was made
 * @param attempts the attempts of the call
 */
public record DeadLetter(String letterId, Call call, State state, String reason, Instant parkedAt, Attempts attempts) {

    /** The kind of a dead letter. */
    public enum State {
        /** The policy has given the call up. */
        DEAD,
        /** The policy would have given the call up, and its task is declared with a pause. */
        PAUSED,
        /** The call could not be run: its task is not known, or its data cannot be read. */
        PARKED
    }

    /**
     * The call of a dead letter.
     *
     * @param task the name of the task
     * @param id the id of the call
     * @param key the idempotency key; empty text if it could not be read
     * @param dataVersion the version of the data; 0 if it could not be read
     * @param sequence the sequence that this dead letter holds up; empty for none
     */
    public record Call(String task, String id, String key, int dataVersion, Optional<String> sequence) {}

    /**
     * The attempts of a call.
     *
     * @param count the number of attempts that were made
     * @param firstStart the time at which the first attempt began; empty if there was none, or the time is not known
     * @param lastError the last failure with its causes, cut after 2,000 characters; empty text if there is none
     * @param history the attempts in one line
     */
    public record Attempts(int count, Optional<Instant> firstStart, String lastError, String history) {}
}
