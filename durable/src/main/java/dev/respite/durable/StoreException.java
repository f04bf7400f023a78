package dev.respite.durable;

import dev.respite.logging.FailureText;
import java.io.Serial;

/** The database in which calls are stored has failed, or has rejected a write. The cause is the database's exception. */
public final class StoreException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message + ": " + FailureText.withoutCredentials(String.valueOf(cause.getMessage())), cause);
    }
}
