package dev.respite.durable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The stored bytes of a call: its envelope, which each attempt replaces, and its data, which is written once. Each has a column of
 * its own. Where a row is read without its data, that is empty.
 *
 * @param envelope the bytes of an {@link Envelope}
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
                Arrays.copyOfRange(joined, START, end), Arrays.copyOfRange(joined, end, joined.length), joined[0] == 1);
    }
}
