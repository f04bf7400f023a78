package dev.respite.sim;

import java.util.concurrent.TimeoutException;

/** No answer in time; without a stack trace, since many are made. */
final class TimedOutException extends TimeoutException {

    private static final long serialVersionUID = 1;

    TimedOutException() {
        super("no answer in time");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
