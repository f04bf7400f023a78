package dev.respite;

/**
 * Hears what happens in calls.
 *
 * <p>A listener runs on the thread of the call and holds it up, so it should be quick; it must be safe for use by any
 * number of threads. One that throws changes nothing in the call; the bug goes to the logger {@code dev.respite}.
 */
@FunctionalInterface
public interface RetryListener {

    /** Hears nothing. A call that succeeds at once makes no event for it. */
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
     * Whether this listener wants to hear the end of calls that succeed at their first attempt too. A listener that does
     * not leaves those calls as they are: they make no event, and read no clock for it.
     *
     * @return true, unless it is overridden
     */
    default boolean wantsEveryCall() {
        return true;
    }

    /**
     * Something has happened.
     *
     * @param event what
     */
    void on(RetryEvent event);
}
