package dev.respite.logging;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A throwable in logs: the text of another one, which begins with its class, and its stack frames. */
final class LoggedFailure extends Throwable {

    @Serial
    private static final long serialVersionUID = 1L;

    LoggedFailure(String text, @Nullable Throwable cause) {
        super(text, cause);
    }

    /** The frames of the original are set. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message has the class of the original
    public String toString() {
        return String.valueOf(getMessage());
    }
}
