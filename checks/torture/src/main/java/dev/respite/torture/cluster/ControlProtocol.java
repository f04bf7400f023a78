package dev.respite.torture.cluster;

/** The lines that the parent process and a worker exchange on standard input and output. */
final class ControlProtocol {

    /** Worker: its HTTP server listens on this port. */
    static final String READY = "ready ";

    /** Worker: a thread has paused at this step. */
    static final String PAUSED_AT = "paused-at ";

    /** Parent: pause the next thread at this step. */
    static final String PAUSE_AT = "pause-at ";

    /** Parent: resume the paused thread. */
    static final String RESUME = "resume";

    private ControlProtocol() {}
}
