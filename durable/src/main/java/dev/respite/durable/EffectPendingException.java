package dev.respite.durable;

import java.io.Serial;
import java.time.Duration;

/**
 * Thrown by an {@link EffectRunner} if another execution makes the same effect and its outcome is not known yet. The attempt is
 * made again, not before the given time has passed; it costs nothing of the retry budget.
 */
public final class EffectPendingException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The minimum delay before the next attempt. */
    private final Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message which effect
     * @param retryAfter how long to wait at least, not negative
     */
    public EffectPendingException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /**
     * Returns how long to wait at least.
     *
     * @return the duration
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
