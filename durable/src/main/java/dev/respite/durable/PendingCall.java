package dev.respite.durable;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A durable call that has not ended, as it was when it was read.
 *
 * @param call the call, with an empty key if that could not be read
 * @param state the state
 * @param enqueued the time at which it was enqueued, or replayed as a dead letter; empty if it is not known
 * @param due the time from which its next attempt may be made; of a call that runs, the time from which this one could be
 * @param attempts the number of attempts that have ended
 * @param lastError the beginning of the last failure, up to 200 characters; empty text if there is none
 * @param owner the process that runs it, and its host; empty if none does
 * @param heartbeatAge the time since the last sign of life of the owner, by the clock of the database; empty if none runs it
 */
public record PendingCall(
        DeadLetter.Call call,
        State state,
        Optional<Instant> enqueued,
        Instant due,
        int attempts,
        String lastError,
        Optional<String> owner,
        Optional<Duration> heartbeatAge) {

    /** {@return the name of the task} */
    public String task() {
        return call.task();
    }

    /** {@return the id, which no other call of the task has that has not ended} */
    public String id() {
        return call.id();
    }

    /** The state of a call that has not ended. */
    public enum State {
        /** Its next attempt is due later. */
        SCHEDULED,
        /** The budget has rejected its retry, which waits for the pace of deferred retries. */
        DEFERRED,
        /** It waits for an earlier call of its sequence. */
        IN_SEQUENCE,
        /** It is due, and waits for a thread. */
        DUE,
        /** An instance has picked it, which may have died since. */
        RUNNING
    }

    /**
     * Selects calls.
     *
     * @param task the name of the task; empty for all
     * @param state the state; empty for all
     * @param enqueuedBefore the time before which the call was enqueued; empty for all
     * @param error a text that the last failure contains, such as the class of an exception; empty for all
     * @param limit the maximum number of calls of a page, 1 to 10,000
     */
    public record Filter(
            Optional<String> task,
            Optional<State> state,
            Optional<Instant> enqueuedBefore,
            Optional<String> error,
            int limit) {

        /**
         * Checks the limit.
         *
         * @throws IllegalArgumentException if it is out of its range
         */
        public Filter {
            DeadLetter.Filter.requireLimit(limit);
        }

        /** {@return the filter that selects the first 100 calls} */
        public static Filter all() {
            return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 100);
        }

        /**
         * {@return this filter, restricted to the calls of one task}
         *
         * @param name the name of the task
         */
        public Filter withTask(String name) {
            return new Filter(Optional.of(name), state, enqueuedBefore, error, limit);
        }

        /**
         * {@return this filter, restricted to the calls in one state}
         *
         * @param only the state
         */
        public Filter withState(State only) {
            return new Filter(task, Optional.of(only), enqueuedBefore, error, limit);
        }

        /**
         * {@return this filter, restricted to the calls that were enqueued before a time}
         *
         * @param time the time
         */
        public Filter withEnqueuedBefore(Instant time) {
            return new Filter(task, state, Optional.of(time), error, limit);
        }

        /**
         * {@return this filter, restricted to the calls whose last failure contains a text}
         *
         * @param text the text, with upper and lower case as stored: the class of an exception, for example
         */
        public Filter withError(String text) {
            return new Filter(task, state, enqueuedBefore, Optional.of(text), limit);
        }

        /**
         * {@return this filter with another length of a page}
         *
         * @param calls the maximum number of calls, 1 to 10,000
         */
        public Filter withLimit(int calls) {
            return new Filter(task, state, enqueuedBefore, error, calls);
        }
    }
}
