package dev.respite.cli.console;

/** Wrong usage that a running command detected. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String pointer;

    /**
     * Creates the exception.
     *
     * @param message the fault and its remedy
     * @param pointer a line that points to the description of the usage
     */
    public UsageException(String message, String pointer) {
        super(message);
        this.pointer = pointer;
    }

    /** Requires that the value of an option is in a range. */
    public static void requireRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new UsageException(
                    option + " " + value + ": expected a whole number from " + TextFormat.count(min) + " to "
                            + TextFormat.count(max),
                    "The option --help of the command describes it.");
        }
    }

    public String pointer() {
        return pointer;
    }
}
