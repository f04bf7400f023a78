package dev.respite.sim;

import java.net.ConnectException;

/** A connection that was refused; without a stack trace, since many are made. */
final class RefusedException extends ConnectException {

    private static final long serialVersionUID = 1;

    RefusedException() {
        super("refused");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
