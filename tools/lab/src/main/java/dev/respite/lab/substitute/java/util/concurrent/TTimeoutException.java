package dev.respite.lab.substitute.java.util.concurrent;

/** {@link java.util.concurrent.TimeoutException}. */
public class TTimeoutException extends Exception {

    private static final long serialVersionUID = 1;

    public TTimeoutException(String message) {
        super(message);
    }
}
