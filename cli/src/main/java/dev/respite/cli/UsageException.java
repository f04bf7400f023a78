package dev.respite.cli;

/** Wrong usage that a running command detected. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String pointer;

    /**
     * Creates the exception.
     *
     * @param message the fault and its remedy
     * @param pointer a line that says where the usage is described
     */
    UsageException(String message, String pointer) {
        super(message);
        this.pointer = pointer;
    }

    String pointer() {
        return pointer;
    }
}
