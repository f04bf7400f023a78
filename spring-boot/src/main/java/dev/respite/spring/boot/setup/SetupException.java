package dev.respite.spring.boot.setup;

import org.jspecify.annotations.Nullable;

/** A part of Respite cannot work as the application is set up. */
public final class SetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates the exception.
     *
     * @param message what is wrong
     * @param action what to do about it
     * @param cause what was thrown; null if nothing was
     */
    public SetupException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /**
     * Returns what to do about it.
     *
     * @return a sentence
     */
    public String action() {
        return action;
    }
}
