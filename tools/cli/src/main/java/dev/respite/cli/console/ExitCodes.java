package dev.respite.cli.console;

/** The exit codes. They are the exit codes of curl where curl has one, and otherwise those from {@code sysexits.h}. */
public final class ExitCodes {

    public static final int OK = 0;

    /** There is no such record or dead letter, or it cannot be changed. */
    public static final int NOTHING_CHANGED = 1;

    public static final int CANNOT_CONNECT = 7;
    public static final int CANNOT_WRITE = 23;
    public static final int USAGE = 64;

    /** A bug in Respite. */
    public static final int BUG = 70;

    public static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
