package dev.respite;

/**
 * Receives what happens in calls.
 *
 * <p>A listener runs on the thread of the call and holds it up, so it should be quick; it must be safe for use by any
 * number of threads. One that throws changes nothing in the call; the bug goes to the logger {@code dev.respite}. For one kind of
 * event there are {@link Retry#onRetry}, {@link Retry#onSuccess} and {@link Retry#onGiveUp}.
 */
@FunctionalInterface
public interface RetryListener {

    /** Receives nothing. A call that succeeds at once makes no event for it. */
    RetryListener NONE = event -> {};

    /**
     * Writes to the logger {@code dev.respite} of {@link System.Logger}: a line for each failed attempt at debug, and one
     * at warning, with the history, for each call that gives up. Calls that succeed at once cost nothing by it.
     *
     * @return the listener
     */
    static RetryListener logging() {
        return LoggingListener.INSTANCE;
    }

    /**
     * The event of a call that succeeds at its first attempt. Calls that fail in an attempt publish all their events to
     * every listener.
     */
    enum Interest {

        /** Nothing: such a call makes no event and reads no clock for this listener. */
        FAILURES,

        /**
         * A {@link RetryEvent.FirstAttemptSucceeded}, for a listener that only counts: no history, no clock and, in a
         * blocking call, no object.
         */
        COUNTS,

        /** A {@link RetryEvent.CallEnded} with the history of the call. It reads the clock and makes some objects. */
        HISTORY
    }

    /**
     * Returns which event this listener receives for a call that succeeds at its first attempt.
     *
     * @return {@link Interest#HISTORY}, unless it is overridden; always the same
     */
    default Interest interest() {
        return Interest.HISTORY;
    }

    /**
     * Receives an event.
     *
     * @param event the event
     */
    void on(RetryEvent event);
}
