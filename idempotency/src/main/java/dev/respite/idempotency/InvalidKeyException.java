package dev.respite.idempotency;

import java.util.Objects;

/** A key was refused. The message says what is wrong with it and what to send, and never repeats it. Nothing was run. */
public final class InvalidKeyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidKeyException(String message) {
        super(message);
    }

    /** What is wrong and what to send: it may be told to whoever sent the key. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
