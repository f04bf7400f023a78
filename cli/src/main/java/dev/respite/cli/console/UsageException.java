package dev.respite.cli.console;

/** Wrong usage that a running command detected. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String pointer;

    /**
     * Creates the exception.
     *
     * @param message the fault and its remedy
     * @param pointer a line that says where the usage is described
     */
    public UsageException(String message, String pointer) {
        super(message);
        this.pointer = pointer;
    }

    public String pointer() {
        return pointer;
    }
}
