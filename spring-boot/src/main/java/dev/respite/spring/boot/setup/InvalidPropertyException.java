package dev.respite.spring.boot;

/** A property of Respite is wrong. The message has its value, the rule and the remedy. */
final class InvalidPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Its full name, or the beginning of the names of several. */
    private final String property;

    InvalidPropertyException(String property, String message) {
        super(message);
        this.property = property;
    }

    InvalidPropertyException(String property, RuntimeException cause) {
        super(cause.getMessage(), cause);
        this.property = property;
    }

    String property() {
        return property;
    }
}
