package dev.respite.durable;

import dev.respite.driver.CallState;
import dev.respite.durable.Envelope.UnreadableDataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
     * @param skipsBackoff whether the attempt after the lost one is made without its backoff, since an operator has taken the call over
     */
    record Progress(
            Optional<CallState> state,
            Optional<Instant> lostAt,
            Optional<String> pinnedPolicy,
            String lastError,
            int postponements,
            boolean skipsBackoff) {

        static final Progress NONE = new Progress(Optional.empty(), Optional.empty(), Optional.empty(), "", 0, false);
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
        return with(new Progress(Optional.of(next), Optional.empty(), pinnedPolicy, lastError, 0, false));
    }

    /** This call with an attempt whose end is not known. */
    Envelope lost(Instant lastSign) {
        return lost(lastSign, progress.skipsBackoff);
    }

    /** The same, of a call that an operator has taken over. */
    Envelope takenOver(Instant lastSign) {
        return lost(lastSign, true);
    }

    private Envelope lost(Instant lastSign, boolean skipsBackoff) {
        return with(new Progress(
                progress.state,
                Optional.of(progress.lostAt.orElse(lastSign)),
                progress.pinnedPolicy,
                progress.lastError,
                0,
                skipsBackoff));
    }

    Envelope postponed() {
        return with(new Progress(
                progress.state,
                progress.lostAt,
                progress.pinnedPolicy,
                progress.lastError,
                progress.postponements + 1,
                progress.skipsBackoff));
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
        return Codec.encode(this);
    }

    /** Reads an envelope; throws an {@link UnreadableDataException} if it is none, or is damaged. */
    static Envelope decode(byte[] bytes) {
        return Codec.decode(bytes);
    }

    /** Reads an envelope; empty if it is none, or is damaged. */
    static Optional<Envelope> readable(byte[] bytes) {
        try {
            return Optional.of(decode(bytes));
        } catch (UnreadableDataException damaged) {
            return Optional.empty();
        }
    }

    /** Returns the first two bytes of each envelope: a row of another library has others. */
    static byte[] mark() {
        return new byte[] {'R', 'D'};
    }

    /** The bytes of an envelope: two marks, the version of the format, then the fields in their order, big-endian. */
    private static final class Codec {

        private static final int FORMAT = 1;
        private static final int LOST = 1;
        private static final int SKIPS_BACKOFF = 2;

        static byte[] encode(Envelope envelope) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
            DataOutputStream out = new DataOutputStream(bytes);
            Progress progress = envelope.progress();
            try {
                out.write(mark());
                out.writeByte(FORMAT);
                out.writeUTF(envelope.key());
                out.writeInt(envelope.dataVersion());
                writeText(out, envelope.sequence().orElse(""));
                writeBytes(out, progress.state().map(CallState::encode).orElse(new byte[0]));
                Instant lostAt = progress.lostAt().orElse(Instant.EPOCH);
                out.writeByte(progress.lostAt().isEmpty() ? 0 : progress.skipsBackoff() ? SKIPS_BACKOFF : LOST);
                out.writeLong(lostAt.getEpochSecond());
                out.writeInt(lostAt.getNano());
                writeText(out, progress.pinnedPolicy().orElse(""));
                writeText(out, progress.lastError());
                out.writeInt(progress.postponements());
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return bytes.toByteArray();
        }

        static Envelope decode(byte[] bytes) {
            if (bytes.length < 3 || !Arrays.equals(mark(), Arrays.copyOf(bytes, 2))) {
                throw new UnreadableDataException(
                        "the row was not written by Respite: its data of " + bytes.length + " bytes has no envelope");
            }
            if (bytes[2] != FORMAT) {
                throw new UnreadableDataException(
                        "the envelope is of format " + bytes[2] + ", and this version of Respite reads format " + FORMAT
                                + "; replay the call when all instances read it");
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 3, bytes.length - 3));
            try {
                Envelope envelope = new Envelope(in.readUTF(), in.readInt(), readText(in), readProgress(in));
                if (in.available() > 0) {
                    throw new UnreadableDataException(
                            "the envelope is damaged: " + in.available() + " bytes follow its end");
                }
                return envelope;
            } catch (IOException | DateTimeException | IllegalArgumentException damage) {
                throw new UnreadableDataException("the envelope is damaged: " + damage, damage);
            }
        }

        private static Progress readProgress(DataInputStream in) throws IOException {
            byte[] state = readBytes(in);
            byte lost = in.readByte();
            Instant lostAt = Instant.ofEpochSecond(in.readLong(), in.readInt());
            Optional<String> pinned = readText(in);
            String lastError = new String(readBytes(in), StandardCharsets.UTF_8);
            return new Progress(
                    state.length == 0 ? Optional.empty() : Optional.of(CallState.decode(state)),
                    lost == 0 ? Optional.empty() : Optional.of(lostAt),
                    pinned,
                    lastError,
                    in.readInt(),
                    lost == SKIPS_BACKOFF);
        }

        /** A text; empty if it has no characters. */
        private static Optional<String> readText(DataInputStream in) throws IOException {
            return Optional.of(new String(readBytes(in), StandardCharsets.UTF_8))
                    .filter(text -> !text.isEmpty());
        }

        private static void writeText(DataOutputStream out, String text) throws IOException {
            writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
        }

        private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        /** A damaged length must not allocate. */
        private static byte[] readBytes(DataInputStream in) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("a field of " + length + " bytes");
            }
            return in.readNBytes(length);
        }
    }

    /**
     * The stored bytes of a call: its envelope, which each attempt replaces, and its data, which is written once. Each has a column of
     * its own. Where a row is read without its data, that is empty.
     *
     * @param envelope the bytes of an envelope
     * @param data the data, as the codec of the task has written it
     * @param hasTurn whether the turn of the call in its sequence has come
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredCall(byte[] envelope, byte[] data, boolean hasTurn) {

        private static final byte[] NONE = new byte[0];

        /** The index of the envelope in a joined array: after the turn and the length of the envelope. */
        private static final int START = 1 + Integer.BYTES;

        /** Returns the call of two columns, of which either may be null. */
        static StoredCall of(byte @Nullable [] envelope, byte @Nullable [] data) {
            return new StoredCall(envelope == null ? NONE : envelope, data == null ? NONE : data, false);
        }

        StoredCall withTurn(boolean has) {
            return new StoredCall(envelope, data, has);
        }

        /** Returns one array for both: db-scheduler passes on the bytes of one column. */
        byte[] join() {
            return ByteBuffer.allocate(START + envelope.length + data.length)
                    .put((byte) (hasTurn ? 1 : 0))
                    .putInt(envelope.length)
                    .put(envelope)
                    .put(data)
                    .array();
        }

        /** Returns the call of an array that {@link #join} has made. */
        static StoredCall split(byte[] joined) {
            int end = START + ByteBuffer.wrap(joined).getInt(1);
            return new StoredCall(
                    Arrays.copyOfRange(joined, START, end),
                    Arrays.copyOfRange(joined, end, joined.length),
                    joined[0] == 1);
        }
    }
}
