package dev.respite.lab.substitute.java.net;

import java.io.IOException;

/** {@link java.net.UnknownHostException}. */
public class TUnknownHostException extends IOException {

    private static final long serialVersionUID = 1;
}
