package dev.respite.cli;

/** The exit codes: those of curl where curl has one, otherwise those of sysexits. */
final class ExitCodes {

    static final int OK = 0;

    /** With Respite, the demo lost or duplicated a transfer. */
    static final int DEMO_FAILED = 1;

    /** A key has no record, or one that cannot be resolved. */
    static final int NOTHING_CHANGED = 1;

    static final int CANNOT_CONNECT = 7;
    static final int HTTP_ERROR = 22;
    static final int CANNOT_WRITE = 23;
    static final int TIMED_OUT = 28;
    static final int NETWORK_ERROR = 56;
    static final int USAGE = 64;

    /** A bug in Respite. */
    static final int BUG = 70;

    static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
