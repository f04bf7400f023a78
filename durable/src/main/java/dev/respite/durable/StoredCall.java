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
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredCall(byte[] envelope, byte[] data) {

    private static final byte[] NONE = new byte[0];

    /** Returns the call of two columns, of which either may be null. */
    static StoredCall of(byte @Nullable [] envelope, byte @Nullable [] data) {
        return new StoredCall(envelope == null ? NONE : envelope, data == null ? NONE : data);
    }

    /** Returns one array for both: db-scheduler passes on the bytes of one column. */
    byte[] join() {
        return ByteBuffer.allocate(Integer.BYTES + envelope.length + data.length)
                .putInt(envelope.length)
                .put(envelope)
                .put(data)
                .array();
    }

    /** Returns the call of an array that {@link #join} has made. */
    static StoredCall split(byte[] joined) {
        int end = Integer.BYTES + ByteBuffer.wrap(joined).getInt();
        return new StoredCall(
                Arrays.copyOfRange(joined, Integer.BYTES, end), Arrays.copyOfRange(joined, end, joined.length));
    }
}
