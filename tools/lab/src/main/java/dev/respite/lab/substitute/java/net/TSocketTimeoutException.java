package dev.respite.lab.substitute.java.net;

import java.io.InterruptedIOException;

/** {@link java.net.SocketTimeoutException}. */
public class TSocketTimeoutException extends InterruptedIOException {

    private static final long serialVersionUID = 1;

    public TSocketTimeoutException(String message) {
        super(message);
    }
}
