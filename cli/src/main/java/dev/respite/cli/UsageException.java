package dev.respite.cli;

/** Wrong usage that was seen as a command ran, with the place where the right one is described. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String pointer;

    /**
     * Refuses something.
     *
     * @param message what is wrong, and how it would be right
     * @param pointer a line that says where to read on
     */
    UsageException(String message, String pointer) {
        super(message);
        this.pointer = pointer;
    }

    String pointer() {
        return pointer;
    }
}
