package dev.respite.lab.substitute.java.nio.channels;

import java.nio.channels.AsynchronousCloseException;

/** {@link java.nio.channels.ClosedByInterruptException}. */
public class TClosedByInterruptException extends AsynchronousCloseException {

    private static final long serialVersionUID = 1;

    public TClosedByInterruptException() {}
}
