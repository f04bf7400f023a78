package dev.respite.durable;

import java.io.Serial;

/** Thrown if the stored state of a call cannot be read here. */
final class UnreadableDataException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableDataException(String message) {
        super(message);
    }

    UnreadableDataException(String message, Throwable cause) {
        super(message, cause);
    }
}
