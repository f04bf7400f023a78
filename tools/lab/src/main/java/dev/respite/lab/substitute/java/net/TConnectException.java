package dev.respite.lab.substitute.java.net;

import java.net.SocketException;

/** {@link java.net.ConnectException}. */
public class TConnectException extends SocketException {

    private static final long serialVersionUID = 1;

    public TConnectException(String message) {
        super(message);
    }
}
