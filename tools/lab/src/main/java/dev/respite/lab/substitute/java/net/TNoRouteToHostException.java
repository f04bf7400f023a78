package dev.respite.lab.substitute.java.net;

import java.net.SocketException;

/** {@link java.net.NoRouteToHostException}. */
public class TNoRouteToHostException extends SocketException {

    private static final long serialVersionUID = 1;
}
