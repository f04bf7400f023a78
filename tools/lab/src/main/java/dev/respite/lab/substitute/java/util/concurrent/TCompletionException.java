package dev.respite.lab.substitute.java.util.concurrent;

import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.CompletionException}. */
public class TCompletionException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TCompletionException(Throwable cause) {
        super(null, cause);
    }

    @Override
    public @Nullable String getMessage() {
        return String.valueOf(getCause());
    }
}
