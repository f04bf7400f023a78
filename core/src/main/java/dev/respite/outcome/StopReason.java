package dev.respite.outcome;

import java.util.Locale;

/** Why a call ended. */
public enum StopReason {
    /** The last outcome was accepted. */
    ACCEPTED,
    /** The last outcome was an error that another try cannot change. */
    FATAL,
    /** As many attempts were made as the policy, or its rule for this kind of error, allows. */
    ATTEMPTS_EXHAUSTED,
    /** The next delay would have reached the total timeout. */
    TOTAL_TIMEOUT,
    /** The retry budget had no token left for another try. */
    BUDGET_EXHAUSTED,
    /** The server forbids a further attempt. */
    RETRY_FORBIDDEN_BY_SERVER,
    /** The server's hint is longer than the policy's retry-after-limit. */
    RETRY_AFTER_TOO_LONG,
    /** The operation may have taken effect, and must not be run twice. */
    NOT_IDEMPOTENT,
    /** The operation's input can be read only once and has been read. */
    INPUT_CONSUMED,
    /** A part of the response has reached the caller, and must not be delivered again. */
    PARTLY_DELIVERED,
    /** A layer below had retried this failure already and given up. */
    ALREADY_RETRIED,
    /** A circuit breaker is open. */
    CIRCUIT_OPEN,
    /** The scheduler or executor that the next attempt needed would not take it: it is shut down, or full. */
    EXECUTOR_REFUSED,
    /** The calling thread was interrupted. */
    INTERRUPTED,
    /** The operation was cancelled, or the caller completed the future of an asynchronous call. */
    CANCELLED;

    private final String phrase = name().toLowerCase(Locale.ROOT).replace('_', ' ');

    /** {@return the reason in lower-case words, for a message: {@code attempts exhausted}} */
    public String phrase() {
        return phrase;
    }
}
