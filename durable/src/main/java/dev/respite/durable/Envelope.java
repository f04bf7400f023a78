package dev.respite.durable;

import dev.respite.driver.CallState;
import dev.respite.durable.Envelope.UnreadableDataException;
import java.io.Serial;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The stored state of a call beside the columns of its row and its data.
 *
 * @param key the idempotency key
 * @param dataVersion the version of the data
 * @param sequence the sequence in which the call has its turn; empty for none
 * @param progress the progress of the call
 */
record Envelope(String key, int dataVersion, Optional<String> sequence, Progress progress) {

    /**
     * The progress of a call.
     *
     * @param state the state of the engine; empty before the end of the first attempt
     * @param lostAt the last sign of life of an attempt whose end is not known; empty if none is to be accounted for
     * @param pinnedPolicy the text of the policy that the call keeps
     * @param lastError the last failure; empty text before the first
     * @param postponements how often the call was left to an instance with a newer version of its task
     */
    record Progress(
            Optional<CallState> state,
            Optional<Instant> lostAt,
            Optional<String> pinnedPolicy,
            String lastError,
            int postponements) {

        static final Progress NONE = new Progress(Optional.empty(), Optional.empty(), Optional.empty(), "", 0);
    }

    /** Thrown if the stored state of a call cannot be read here. */
    static final class UnreadableDataException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        UnreadableDataException(String message) {
            super(message);
        }

        UnreadableDataException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Returns a new idempotency key: a UUID of version 7, whose time is that at which the first attempt is due. */
    static String newKey(Instant due) {
        UUID random = UUID.randomUUID();
        long version7 = 0x7000L | (random.getMostSignificantBits() & 0x0fffL);
        return new UUID(due.toEpochMilli() << 16 | version7, random.getLeastSignificantBits()).toString();
    }

    /** A call that has not begun. */
    static Envelope of(String key, int dataVersion, Optional<String> sequence) {
        return new Envelope(key, dataVersion, sequence, Progress.NONE);
    }

    /** This call after an attempt. */
    Envelope after(CallState next, Optional<String> pinnedPolicy, String lastError) {
        return with(new Progress(Optional.of(next), Optional.empty(), pinnedPolicy, lastError, 0));
    }

    /** This call with an attempt whose end is not known. */
    Envelope lost(Instant lastSign) {
        return with(new Progress(
                progress.state,
                Optional.of(progress.lostAt.orElse(lastSign)),
                progress.pinnedPolicy,
                progress.lastError,
                0));
    }

    Envelope postponed() {
        return with(new Progress(
                progress.state,
                progress.lostAt,
                progress.pinnedPolicy,
                progress.lastError,
                progress.postponements + 1));
    }

    /** This call as if it had not begun, with the same key. */
    Envelope replayed() {
        return of(key, dataVersion, sequence);
    }

    /** This call with another key. */
    Envelope withKey(String other) {
        return new Envelope(other, dataVersion, sequence, progress);
    }

    private Envelope with(Progress other) {
        return new Envelope(key, dataVersion, sequence, other);
    }

    /** Returns the number of attempts that have ended. */
    int attempts() {
        return progress.state.map(state -> state.number() - 1).orElse(0);
    }

    byte[] encode() {
        return EnvelopeCodec.encode(this);
    }

    /** Reads an envelope; throws an {@link UnreadableDataException} if it is none, or is damaged. */
    static Envelope decode(byte[] bytes) {
        return EnvelopeCodec.decode(bytes);
    }
}
