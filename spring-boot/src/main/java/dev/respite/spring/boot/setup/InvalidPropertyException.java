package dev.respite.spring.boot.setup;

/** A property of Respite is wrong. The message has its value, the rule and the remedy. */
public final class InvalidPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Its full name, or the beginning of the names of several. */
    private final String property;

    /**
     * Creates the exception.
     *
     * @param property the full name of the property, or the beginning of the names of several
     * @param message the value, the rule and the remedy
     */
    public InvalidPropertyException(String property, String message) {
        super(message);
        this.property = property;
    }

    /**
     * Creates the exception.
     *
     * @param property the full name of the property, or the beginning of the names of several
     * @param cause what rejected the value, whose message has the value, the rule and the remedy
     */
    public InvalidPropertyException(String property, RuntimeException cause) {
        super(cause.getMessage(), cause);
        this.property = property;
    }

    /**
     * Returns the property.
     *
     * @return its full name, or the beginning of the names of several
     */
    public String property() {
        return property;
    }
}
