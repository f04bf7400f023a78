package dev.respite.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server's answer says about the next attempt, as far as its header fields tell; what its status means is
 * another question.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface ServerHint permits ServerHint.DoNotRetry, ServerHint.MayRetry {

    /** A server that said nothing: another try is neither forbidden nor asked for, and no wait is named. */
    ServerHint NONE = new MayRetry(false, Optional.empty());

    /** The server does not want another try, whatever else it said: {@code x-should-retry: false}. */
    record DoNotRetry() implements ServerHint {}

    /**
     * The server does not object to another try.
     *
     * @param asked whether the server asked for another try in so many words, {@code x-should-retry: true}; a wait
     *     alone asks for nothing
     * @param notBefore how long the server asks to be left alone, not negative; one that was read from header fields is at
     *     most 2<sup>63</sup> − 1 nanoseconds (292 years). Empty where the server named no wait, which is not the same as a
     *     wait of zero: {@code Retry-After: 0} says that the trouble is over
     */
    record MayRetry(boolean asked, Optional<Duration> notBefore) implements ServerHint {
        /**
         * Checks the wait.
         *
         * @param asked whether the server asked for another try
         * @param notBefore how long the server asks to be left alone
         * @throws IllegalArgumentException if the wait is negative
         */
        public MayRetry {
            Objects.requireNonNull(notBefore, "notBefore");
            if (notBefore.isPresent() && notBefore.get().isNegative()) {
                throw new IllegalArgumentException("not before " + notBefore.get() + ": a wait cannot be negative");
            }
        }
    }
}
