package dev.respite.torture;

/** What a worker and its master say to each other, a line each. */
final class ControlProtocol {

    /** The worker: its HTTP server listens at this port. */
    static final String READY = "ready ";

    /** The worker: a thread stands still at this step. */
    static final String PAUSED_AT = "paused-at ";

    /** The master: stand still at this step. */
    static final String PAUSE_AT = "pause-at ";

    /** The master: go on. */
    static final String RESUME = "resume";

    private ControlProtocol() {}
}
