package dev.respite.torture.process;

/** The lines that the parent process and a worker exchange on standard input and output. */
public final class ControlProtocol {

    /** Worker: its HTTP server listens on this port. */
    public static final String READY = "ready ";

    /** Worker: a thread has paused at this step. */
    public static final String PAUSED_AT = "paused-at ";

    /** Parent: pause the next thread at this step. */
    public static final String PAUSE_AT = "pause-at ";

    /** Parent: resume the paused thread. */
    public static final String RESUME = "resume";

    private ControlProtocol() {}
}
