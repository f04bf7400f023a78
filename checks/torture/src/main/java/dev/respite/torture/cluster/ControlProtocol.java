package dev.respite.torture.cluster;

/** The lines that the parent process and a worker exchange on standard input and output. */
final class ControlProtocol {

    /** Worker: its HTTP server listens on this port. */
    static final String READY = "ready ";

    /** Worker: a thread has paused at this step. */
    static final String PAUSED_AT = "paused-at ";

    /** Worker: the effect of this transfer begins, outside the store of its record. */
    static final String EFFECT_BEGINS = "effect-begins ";

    /** Worker: the effect of this transfer has failed, and its process lives. */
    static final String EFFECT_FAILED = "effect-failed ";

    /** Parent: pause the next thread at this step. */
    static final String PAUSE_AT = "pause-at ";

    /** Parent: resume the paused thread. */
    static final String RESUME = "resume";

    private ControlProtocol() {}
}
