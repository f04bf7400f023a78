package dev.respite.idempotency;

import java.util.Objects;

/**
 * Thrown for a malformed or missing idempotency key. The work did not run. The message says what is wrong with the key and
 * what to send, and never contains the key.
 */
public final class InvalidKeyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidKeyException(String message) {
        super(message);
    }

    /** Returns what is wrong and what to send. It may be shown to the sender of the key. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
