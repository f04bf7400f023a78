package dev.respite.lab.substitute.java.nio.channels;

import java.nio.channels.ClosedChannelException;

/** {@link java.nio.channels.AsynchronousCloseException}. */
public class TAsynchronousCloseException extends ClosedChannelException {

    private static final long serialVersionUID = 1;

    public TAsynchronousCloseException() {}
}
