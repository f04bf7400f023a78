package dev.respite.lab.substitute.java.util.concurrent;

import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.CompletionException}. */
public class TCompletionException extends RuntimeException {

    private static final long serialVersionUID = 1;

    protected TCompletionException() {}

    protected TCompletionException(String message) {
        super(message);
    }

    public TCompletionException(String message, Throwable cause) {
        super(message, cause);
    }

    public TCompletionException(Throwable cause) {
        super(null, cause);
    }

    /** Built when it is read, which most of them never are: a simulation makes one for each failed attempt. */
    @Override
    public @Nullable String getMessage() {
        @Nullable String given = super.getMessage();
        @Nullable Throwable cause = getCause();
        return given != null || cause == null ? given : cause.toString();
    }
}
