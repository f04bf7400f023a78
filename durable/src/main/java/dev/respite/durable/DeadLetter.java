package dev.respite.durable;

import java.time.Instant;
import java.util.Optional;

/**
 * The record of a durable call that was given up, paused or cancelled, or that could not be read.
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
        PARKED,
        /** An operator has cancelled the call. It holds up no sequence. */
        CANCELLED
    }

    /**
     * A durable call.
     *
     * @param task the name of the task
     * @param id the id of the call
     * @param key the idempotency key; empty text if it could not be read
     * @param dataVersion the version of the data; 0 if it could not be read
     * @param sequence the sequence in which the call has its turn; empty for none. A dead letter holds it up, unless it was cancelled
     */
    public record Call(String task, String id, String key, int dataVersion, Optional<String> sequence) {}

    /**
     * The attempts of a call.
     *
     * @param count the number of attempts that were made
     * @param firstStart the time at which the first attempt began; empty if there was none, or the time is not known
     * @param lastError the last failure with its causes, without messages of other code, cut after 2,000 characters; empty text
     *     if there is none
     * @param history the attempts in one line
     */
    public record Attempts(int count, Optional<Instant> firstStart, String lastError, String history) {}

    /**
     * Selects dead letters.
     *
     * @param task the name of the task; empty for all
     * @param state the state; empty for all
     * @param parkedBefore the time before which the dead letter was made; empty for all
     * @param error a text that the last failure contains, such as the class of an exception; empty for all
     * @param sequence the sequence that the dead letter holds up; empty for all
     * @param limit the most entries of a page, 1 to 10,000
     */
    public record Filter(
            Optional<String> task,
            Optional<State> state,
            Optional<Instant> parkedBefore,
            Optional<String> error,
            Optional<String> sequence,
            int limit) {

        private static final int MAX_LIMIT = 10_000;

        /**
         * Checks the limit.
         *
         * @throws IllegalArgumentException if it is out of its range
         */
        public Filter {
            requireLimit(limit);
        }

        static void requireLimit(int limit) {
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new IllegalArgumentException(
                        "a page of " + limit + " entries: it must be from 1 to " + MAX_LIMIT);
            }
        }

        /** {@return the filter that selects the first 100 entries} */
        public static Filter all() {
            return new Filter(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 100);
        }

        /**
         * {@return this filter, restricted to the entries of one task}
         *
         * @param name the name of the task
         */
        public Filter withTask(String name) {
            return new Filter(Optional.of(name), state, parkedBefore, error, sequence, limit);
        }

        /**
         * {@return this filter, restricted to the entries of one state}
         *
         * @param only the state
         */
        public Filter withState(State only) {
            return new Filter(task, Optional.of(only), parkedBefore, error, sequence, limit);
        }

        /**
         * {@return this filter, restricted to the entries that were made before a time}
         *
         * @param time the time
         */
        public Filter withParkedBefore(Instant time) {
            return new Filter(task, state, Optional.of(time), error, sequence, limit);
        }

        /**
         * {@return this filter, restricted to the entries whose last failure contains a text}
         *
         * @param text the text, with upper and lower case as stored: the class of an exception, for example
         */
        public Filter withError(String text) {
            return new Filter(task, state, parkedBefore, Optional.of(text), sequence, limit);
        }

        /**
         * {@return this filter, restricted to the entries that hold up a sequence}
         *
         * @param name the name of the sequence
         */
        public Filter withSequence(String name) {
            return new Filter(task, state, parkedBefore, error, Optional.of(name), limit);
        }

        /**
         * {@return this filter with another length of a page}
         *
         * @param most the most entries, 1 to 10,000
         */
        public Filter withLimit(int most) {
            return new Filter(task, state, parkedBefore, error, sequence, most);
        }
    }
}
