package dev.respite.durable;

import java.io.Serial;

/** An attempt has not ended: its process was killed, or was stopped while the attempt ran. Its effect may have taken place. */
final class LostAttemptException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    LostAttemptException(String message) {
        super(message);
    }
}
