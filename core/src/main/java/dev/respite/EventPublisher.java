package dev.respite;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.RetryListener.Interest;
import dev.respite.outcome.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * What a retry publishes: its name, its listener, its counts and its warnings. Nothing that a listener does comes back to
 * the call.
 *
 * @param enforcesTimeouts whether the driver ends each attempt in its time, also in plain calls
 */
record EventPublisher(
        String name, RetryListener listener, Counters counters, Warnings warnings, boolean enforcesTimeouts) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    EventPublisher withName(String newName) {
        return new EventPublisher(newName, listener, new Counters(), warnings.anew(), enforcesTimeouts);
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

    /** Two listeners, each safe from the other. */
    private record Both(RetryListener first, RetryListener second) implements RetryListener {
        /** The greater of the two: each gets what it wants of that. */
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

    /** What the listener is notified of where a call succeeds at its first attempt. */
    Interest interest() {
        return isListened() ? listener.interest() : Interest.FAILURES;
    }

    boolean isListened() {
        return listener != RetryListener.NONE;
    }

    void publish(RetryEvent event) {
        publish(listener, event);
    }

    /** Notifies of a call that has succeeded at its first attempt without a history; only if nothing more was wanted. */
    void publishFirst(RetryEvent.FirstAttemptSucceeded event) {
        if (listener instanceof Both) {
            publish(listener, event);
        } else {
            notify(listener, event);
        }
    }

    /** Reports a bug in a part that was given to Respite. */
    void report(String part, Throwable bug) {
        LOGGER.log(WARNING, "the " + part + " of retry '" + name + "' has thrown", bug);
        publish(new RetryEvent.CallbackFailed(name, part, bug));
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
            LOGGER.log(WARNING, "a listener of retry '" + event.name() + "' has thrown", bug);
        }
    }

    private static boolean isOfFirstAttempt(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            return ended.reason() == StopReason.ACCEPTED && ended.history().attempts() == 1;
        }
        return event instanceof RetryEvent.FirstAttemptSucceeded;
    }
}
