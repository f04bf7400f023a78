package dev.respite;

import static java.lang.System.Logger.Level.WARNING;

import org.jspecify.annotations.Nullable;

/**
 * What a retry publishes: its name, its listener, its counts and its warnings. Nothing that a listener does comes back to
 * the call.
 *
 * @param keepsTime whether the driver ends each attempt in its time, also in plain calls
 */
record Reporter(String name, RetryListener listener, Counters counters, Warnings warnings, boolean keepsTime) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    Reporter withName(String newName) {
        return new Reporter(newName, listener, new Counters(), warnings.anew(), keepsTime);
    }

    Reporter withListener(RetryListener added) {
        boolean first = listener == RetryListener.NONE;
        return new Reporter(name, first ? added : new Both(listener, added), counters, warnings, keepsTime);
    }

    /** The reporter of a driver for one protocol, which ends its attempts in time. */
    Reporter keepingTime() {
        return keepsTime ? this : new Reporter(name, listener, counters, warnings, true);
    }

    /** Two listeners, each safe from the other. */
    private record Both(RetryListener first, RetryListener second) implements RetryListener {
        @Override
        public boolean wantsEveryCall() {
            return first.wantsEveryCall() || second.wantsEveryCall();
        }

        @Override
        public void on(RetryEvent event) {
            tell(first, event);
            tell(second, event);
        }
    }

    /** Whether somebody wants to hear of calls that succeed at once. */
    boolean hearsEveryCall() {
        return isListened() && listener.wantsEveryCall();
    }

    boolean isListened() {
        return listener != RetryListener.NONE;
    }

    void tell(RetryEvent event) {
        tell(listener, event);
    }

    /** Reports a bug in a part that was given to Respite. */
    void report(String part, Throwable bug) {
        LOGGER.log(WARNING, "the " + part + " of retry '" + name + "' has thrown", bug);
        tell(new RetryEvent.PartFailed(name, part, bug));
    }

    /** Closes what nobody gets. */
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

    private static void tell(RetryListener to, RetryEvent event) {
        try {
            to.on(event);
        } catch (Throwable bug) {
            LOGGER.log(WARNING, "a listener of retry '" + event.name() + "' has thrown", bug);
        }
    }
}
