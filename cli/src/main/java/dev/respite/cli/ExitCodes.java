package dev.respite.cli;

/** What the program says with its exit code: curl's numbers where curl has one, sysexits' where it has not. */
final class ExitCodes {

    static final int OK = 0;

    /** The demo's promise did not hold. */
    static final int BROKEN_PROMISE = 1;

    /** A key has no record, or its record is not in the required state. */
    static final int NOTHING_DONE = 1;

    static final int CANNOT_CONNECT = 7;
    static final int HTTP_ERROR = 22;
    static final int CANNOT_WRITE = 23;
    static final int TIMED_OUT = 28;
    static final int WIRE = 56;
    static final int USAGE = 64;

    /** A bug of ours. */
    static final int BUG = 70;

    static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
