package dev.respite.lab.substitute.java.nio.channels;

import java.io.IOException;

/** {@link java.nio.channels.ClosedChannelException}. */
public class TClosedChannelException extends IOException {

    private static final long serialVersionUID = 1;

    public TClosedChannelException() {}
}
