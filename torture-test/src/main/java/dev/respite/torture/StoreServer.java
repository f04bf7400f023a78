package dev.respite.torture;

import java.io.Closeable;
import java.io.IOException;

/** A store: a process of its own, whose data outlives it. */
interface StoreServer extends Closeable {

    /** Where it listens just now. */
    int port();

    /** How a client calls the place of whoever listens at this port. */
    String url(int port);

    /** Ends it as abruptly as it promises to survive: killed, as a failure of power would, as far as a process can be. */
    void stop() throws IOException, InterruptedException;

    /** Starts it on the data that it left, and waits until it answers. */
    void restart() throws IOException, InterruptedException;
}
