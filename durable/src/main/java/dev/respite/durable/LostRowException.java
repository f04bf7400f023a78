package dev.respite.durable;

import java.io.Serial;

/** Another instance has taken the call over: what this attempt did is rolled back, and it decides nothing. */
final class LostRowException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    LostRowException(String message) {
        super(message);
    }
}
