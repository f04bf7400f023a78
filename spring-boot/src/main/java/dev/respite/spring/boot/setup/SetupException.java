package dev.respite.spring.boot.idempotency;

import org.jspecify.annotations.Nullable;

/** Idempotent endpoints cannot work as they are set up. */
final class IdempotencySetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    IdempotencySetupException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What to do about it. */
    String action() {
        return action;
    }
}
