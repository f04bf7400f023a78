package dev.respite.lab.substitute.java.nio.channels;

import java.nio.channels.ClosedChannelException;

/** {@link java.nio.channels.ClosedByInterruptException}. */
public class TClosedByInterruptException extends ClosedChannelException {

    private static final long serialVersionUID = 1;
}
