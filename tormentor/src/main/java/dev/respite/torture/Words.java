package dev.respite.torture;

/** What a worker and its master say to each other, a line each. */
final class Words {

    /** The worker: its HTTP server listens at this port. */
    static final String READY = "ready ";

    /** The worker: a thread stands still at this step. */
    static final String AT = "at ";

    /** The master: stand still at this step. */
    static final String STOP_AT = "stop-at ";

    /** The master: go on. */
    static final String GO = "go";

    private Words() {}
}
