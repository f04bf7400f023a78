package dev.respite.torture.store;

import java.io.Closeable;
import java.io.IOException;

/** A store in a process of its own, whose data survives the process. */
public interface StoreServer extends Closeable {

    /** Returns the port of the current process. */
    int port();

    /** Returns the URL of a server on the given port of this machine. */
    String url(int port);

    /** Ends the server as abruptly as it promises to survive, which is SIGKILL for all but H2. */
    void stop() throws IOException, InterruptedException;

    /** Starts the server on the existing data, and waits until it accepts connections. */
    void restart() throws IOException, InterruptedException;
}
