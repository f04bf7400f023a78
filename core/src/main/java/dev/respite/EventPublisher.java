package dev.respite;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.RetryListener.Interest;
import dev.respite.logging.FailureText;
import dev.respite.outcome.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the events of a retry, with its name, its listener, its counters and its warnings. Exceptions of listeners
 * do not reach the call.
 *
 * @param enforcesTimeouts whether the driver ends each attempt in its time, also in plain calls
 */
record EventPublisher(
        String name, RetryListener listener, Counters counters, Warnings warnings, boolean enforcesTimeouts) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    EventPublisher withName(String newName) {
        return new EventPublisher(newName, listener, new Counters(), warnings.anew(), enforcesTimeouts);
    }

    EventPublisher withWarnings() {
        return new EventPublisher(name, listener, counters, Warnings.enabled(), enforcesTimeouts);
    }

    EventPublisher withListener(RetryListener added) {
        if (added == RetryListener.NONE) {
            return this;
        }
        boolean first = listener == RetryListener.NONE;
        return new EventPublisher(
                name, first ? added : new Both(listener, added), counters, warnings, enforcesTimeouts);
    }

    /** The reporter of a driver for one protocol, which ends its attempts in time. */
    EventPublisher enforcingTimeouts() {
        return enforcesTimeouts ? this : new EventPublisher(name, listener, counters, warnings, true);
    }

    /** Two listeners; an exception of one does not reach the other. */
    private record Both(RetryListener first, RetryListener second) implements RetryListener {
        /** The greater of the two interests: {@link #publish} selects the events for each listener. */
        @Override
        public Interest interest() {
            Interest left = first.interest();
            Interest right = second.interest();
            return left.compareTo(right) > 0 ? left : right;
        }

        @Override
        public void on(RetryEvent event) {
            publish(first, event);
            publish(second, event);
        }
    }

    /** The interest of the listener in calls that succeed at their first attempt. */
    Interest interest() {
        return isListened() ? listener.interest() : Interest.FAILURES;
    }

    boolean isListened() {
        return listener != RetryListener.NONE;
    }

    void publish(RetryEvent event) {
        publish(listener, event);
    }

    /** Publishes a call that has succeeded at its first attempt, if no listener reads the history. */
    void publishFirst(RetryEvent.FirstAttemptSucceeded event) {
        if (listener instanceof Both) {
            publish(listener, event);
        } else {
            notify(listener, event);
        }
    }

    /** Reports an exception of a callback that was given to Respite. */
    void report(String callback, Throwable bug) {
        LOGGER.log(WARNING, "the " + callback + " of retry '" + name + "' has thrown", FailureText.loggable(bug));
        publish(new RetryEvent.CallbackFailed(name, callback, bug));
    }

    /** Reports an exception of the function that propagates contexts. */
    void reportContext(Throwable bug) {
        report("context", bug);
    }

    /** Closes a value that no caller receives. */
    void discard(@Nullable Object value) {
        if (value instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable bug) {
                if (bug instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                report("close", bug);
            }
        }
    }

    private static void publish(RetryListener to, RetryEvent event) {
        if (to instanceof Both both) {
            both.on(event);
        } else if (!isOfFirstAttempt(event) || to.interest() == Interest.HISTORY) {
            notify(to, event);
        } else if (to.interest() == Interest.COUNTS) {
            // For another listener the call may have published more.
            boolean plain = event instanceof RetryEvent.FirstAttemptSucceeded;
            notify(to, plain ? event : new RetryEvent.FirstAttemptSucceeded(event.name()));
        }
    }

    private static void notify(RetryListener to, RetryEvent event) {
        try {
            to.on(event);
        } catch (Throwable bug) {
            LOGGER.log(WARNING, "a listener of retry '" + event.name() + "' has thrown", FailureText.loggable(bug));
        }
    }

    private static boolean isOfFirstAttempt(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            return ended.reason() == StopReason.ACCEPTED && ended.history().attempts() == 1;
        }
        return event instanceof RetryEvent.FirstAttemptSucceeded;
    }
}
