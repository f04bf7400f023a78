package dev.respite.lab.substitute.java.net;

import java.io.IOException;

/** {@link java.net.SocketException}. */
public class TSocketException extends IOException {

    private static final long serialVersionUID = 1;

    public TSocketException() {}

    public TSocketException(String message) {
        super(message);
    }
}
