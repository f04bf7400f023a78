package dev.respite.cli.records;

/** The store cannot be reached, or has failed. The message may contain a password, and is printed without it. */
final class UnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnreachableException(Exception cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
