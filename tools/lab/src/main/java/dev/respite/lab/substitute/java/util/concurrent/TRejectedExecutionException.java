package dev.respite.lab.substitute.java.util.concurrent;

/** {@link java.util.concurrent.RejectedExecutionException}. */
public class TRejectedExecutionException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TRejectedExecutionException(String message) {
        super(message);
    }
}
